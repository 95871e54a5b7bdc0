from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import bySystem
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.signingKeyMakerInterface import SigningKeyMakerInterface
from KAuthApp.backend.domain.policies.tokenPolicy import TokenPolicy
from shared.backend.utils.clock import ClockInterface


class RotateSigningKeysService:
    """Makes the next signing key: published at once, in use later; the old one stays until its last token ends."""

    def __init__(
        self, openWork: OpenAuthWork, maker: SigningKeyMakerInterface, policy: TokenPolicy, clock: ClockInterface
    ) -> None:
        self._openWork, self._maker, self._policy, self._clock = openWork, maker, policy, clock

    async def execute(self) -> str:
        """The id (`kid`) of the new key."""
        async with self._openWork() as work:
            await work.signingKeys.lockAll()
            now = self._clock.now()
            published = await work.signingKeys.listPublished(now)
            signsFrom = self._policy.signsFrom(now) if published else now
            for key in published:
                if key.signsUntil is None:
                    key.retire(max(signsFrom, key.signsFrom), self._policy)
            successor = self._maker.make(now, signsFrom)
            await work.signingKeys.add(successor)
            after = {"signsFrom": signsFrom.isoformat()}
            await work.audit.append(bySystem("auth.signingKeyRotated", now, ("signingKey", successor.kid), after))
            await work.commit()

        return successor.kid
