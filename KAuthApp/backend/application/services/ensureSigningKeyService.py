from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import bySystem
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.signingKeyMakerInterface import SigningKeyMakerInterface
from shared.backend.utils.clock import ClockInterface


class EnsureSigningKeyService:
    """Makes the first signing key; of several servers that start together one makes it."""

    def __init__(self, openWork: OpenAuthWork, maker: SigningKeyMakerInterface, clock: ClockInterface) -> None:
        self._openWork, self._maker, self._clock = openWork, maker, clock

    async def execute(self) -> None:
        async with self._openWork() as work:
            await work.signingKeys.lockAll()
            now = self._clock.now()
            published = await work.signingKeys.listPublished(now)
            if any(key.signs(now) for key in published):
                return
            key = self._maker.make(now, signsFrom=now)
            await work.signingKeys.add(key)
            await work.audit.append(bySystem("auth.signingKeyCreated", now, ("signingKey", key.kid)))
            await work.commit()
