from __future__ import annotations

from KSysPayment.backend.domain.interfaces.invariantsInterface import InvariantsInterface
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("payment")


class CheckInvariantsService:
    """Once a minute: is everything still true that must always be true? An error in the log for each that is not."""

    def __init__(self, invariants: InvariantsInterface, clock: ClockInterface) -> None:
        self._invariants, self._clock = invariants, clock

    async def execute(self) -> int:
        violations = await self._invariants.findViolations(self._clock.now())
        for name, rows in violations.items():
            logger.error.error("payment.invariantBroken", name, invariant=name, violations=list(rows))
        return 0
