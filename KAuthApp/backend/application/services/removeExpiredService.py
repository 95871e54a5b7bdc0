from __future__ import annotations

from typing import Final

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.policies.retentionPolicy import RetentionPolicy
from shared.backend.utils.clock import ClockInterface

_BATCH: Final = 500


class RemoveExpiredService:
    """Forgets codes, sessions, challenges and changes of address that have been over for long."""

    def __init__(self, openWork: OpenAuthWork, policy: RetentionPolicy, clock: ClockInterface) -> None:
        self._openWork, self._policy, self._clock = openWork, policy, clock

    async def execute(self) -> int:
        """How many rows went; more may be left when it is not 0."""
        now = self._clock.now()
        async with self._openWork() as work:
            codes = await work.codes.removeExpiredBefore(self._policy.codesBefore(now), _BATCH)
            sessions = await work.sessions.removeEndedBefore(self._policy.sessionsBefore(now), _BATCH)
            changes = await work.emailChanges.removeOverBefore(self._policy.codesBefore(now), _BATCH)
            challenges = await work.challenges.removeExpiredBefore(self._policy.challengesBefore(now), _BATCH)
            await work.commit()
        return codes + sessions + changes + challenges
