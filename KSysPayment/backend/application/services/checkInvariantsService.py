from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from KSysPayment.backend.domain.interfaces.invariantsInterface import InvariantsInterface
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

RECENT: Final = timedelta(hours=2)
WHOLE_EVERY: Final = timedelta(hours=1)

logger = SystemLogger("payment")


class CheckInvariantsService:
    """
    Is everything still true that must always be true? An error in the log for each that is not.

    Each run looks at the last two hours, the first and then one in an hour at everything.
    """

    def __init__(self, invariants: InvariantsInterface, clock: ClockInterface) -> None:
        self._invariants, self._clock = invariants, clock
        self._wholeAt: datetime | None = None

    async def execute(self) -> int:
        now = self._clock.now()
        isWhole = self._wholeAt is None or now - self._wholeAt >= WHOLE_EVERY
        violations = await self._invariants.findViolations(now, None if isWhole else now - RECENT)
        self._wholeAt = now if isWhole else self._wholeAt
        for name, rows in violations.items():
            logger.error.error("payment.invariantBroken", name, invariant=name, violations=list(rows))
        return 0
