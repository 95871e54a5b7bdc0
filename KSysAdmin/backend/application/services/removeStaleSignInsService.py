from __future__ import annotations

from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.signInRules import CHALLENGE_LIFETIME, FAILURES_KEPT
from shared.backend.utils.clock import ClockInterface


class RemoveStaleSignInsService:
    """Forgets challenges, failures and devices that no longer mean anything."""

    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self) -> int:
        at = self._clock.now()
        async with self._openWork() as work:
            await work.challenges.removeExpired(at - CHALLENGE_LIFETIME)
            await work.signInFailures.removeOlder(at - FAILURES_KEPT)
            await work.devices.removeExpired(at)
            await work.commit()
        return 0
