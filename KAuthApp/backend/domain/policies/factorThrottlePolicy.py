from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from KAuthApp.backend.domain.exceptions.authErrors import TooManyAttemptsError
from shared.backend.utils.valueObject import ValueObject


class FactorThrottlePolicy(ValueObject):
    """Wrong codes in a row: a few are free, then each doubles the wait; at `mostInARow` only another factor helps.

    The hundred is NIST's (SP 800-63B, 3.2.2). Three codes of a million are good at a time, so that many tries find
    one with 3 in 10,000.
    """

    freeTries: int = Field(default=5, ge=1)
    longestWait: timedelta = Field(default=timedelta(minutes=15), ge=timedelta(seconds=1))
    mostInARow: int = Field(default=100, ge=1, le=100)

    def waitAfter(self, failures: int) -> timedelta:
        if failures < self.freeTries:
            return timedelta(0)
        return min(self.longestWait, timedelta(seconds=1 << min(failures - self.freeTries, 20)))

    def ensureMayTry(self, failures: int, lastFailedAt: datetime | None, at: datetime) -> None:
        """TooManyAttemptsError while the wait lasts, and for good after the last try."""
        if failures >= self.mostInARow:
            seconds = int(self.longestWait.total_seconds())
            raise TooManyAttemptsError("use another factor or a recovery code", retryAfterSeconds=seconds)
        if lastFailedAt is None:
            return
        left = lastFailedAt + self.waitAfter(failures) - at
        if left > timedelta(0):
            raise TooManyAttemptsError(retryAfterSeconds=int(left.total_seconds()) + 1)
