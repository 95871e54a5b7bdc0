from __future__ import annotations

from typing import Final

from KAuthApp.backend.application.dto.auditEntries import USER, bySystem
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.policies.registrationPolicy import RegistrationPolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")

_BATCH: Final = 100


class RemoveUnprovenService:
    """Ends registrations whose address was never proven, of addresses with and without an owner in the same step."""

    def __init__(self, openWork: OpenAuthWork, policy: RegistrationPolicy, clock: ClockInterface) -> None:
        self._openWork, self._policy, self._clock = openWork, policy, clock

    async def execute(self) -> int:
        """How many ended; more may be left when it is not 0."""
        now = self._clock.now()
        async with self._openWork() as work:
            shadows = await work.shadows.removeExpiredBefore(now, _BATCH)
            accounts = await work.users.removeUnprovenBefore(self._policy.unprovenBefore(now), _BATCH)
            for userId in accounts:
                await work.audit.append(bySystem("auth.registrationExpired", now, (USER, str(userId))))
            await work.commit()
        if accounts:
            logger.application.info("auth.registrationsExpired", count=len(accounts))
        return shadows + len(accounts)
