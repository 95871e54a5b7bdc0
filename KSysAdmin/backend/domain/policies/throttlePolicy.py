from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from KSysAdmin.backend.domain.exceptions.administratorErrors import TooManyTriesError
from shared.backend.utils.valueObject import ValueObject


class ThrottlePolicy(ValueObject):
    """Wrong tries in a row: a few are free, then each doubles the wait; at `mostInARow` nothing is tried any more."""

    freeTries: int = Field(default=5, ge=1)
    longestWaitSeconds: int = Field(default=900, ge=1)
    mostInARow: int = Field(default=100, ge=1, le=100)

    def waitSeconds(self, failures: int) -> int:
        if failures < self.freeTries:
            return 0
        return min(self.longestWaitSeconds, 1 << min(failures - self.freeTries, 20))

    def ensureMayTry(self, failures: int, lastFailedAt: datetime | None, at: datetime) -> None:
        """TooManyTriesError while the wait lasts."""
        if failures >= self.mostInARow:
            raise TooManyTriesError(retryAfterSeconds=self.longestWaitSeconds)
        if lastFailedAt is None:
            return
        openAt = lastFailedAt + timedelta(seconds=self.waitSeconds(failures))
        if at < openAt:
            raise TooManyTriesError(retryAfterSeconds=max(1, int((openAt - at).total_seconds()) + 1))
