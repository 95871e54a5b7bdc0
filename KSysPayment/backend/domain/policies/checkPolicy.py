from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject

UNKNOWN_WAITS: Final[Sequence[int]] = (2, 5, 15, 30, 60, 120, 300, 900)


class CheckPolicy(ValueObject):
    """
    When the bank is asked about an open instrument. Notifications may be lost, so this alone must find the money.

    Young virtual accounts are asked often; for old ones the minute-by-minute report carries the promise.
    """

    firstSeconds: int = Field(default=15, ge=1)
    earlySeconds: int = Field(default=25, ge=1)
    callSeconds: int = Field(default=45, ge=1)
    expiryGraceSeconds: int = Field(default=20, ge=0)
    outcomeDeadlineSeconds: int = Field(default=600, ge=10)
    reportTriesBeforeDerived: int = Field(default=4, ge=1)

    def afterAccepted(self, at: datetime) -> datetime:
        return at + timedelta(seconds=self.firstSeconds)

    def afterSent(self, at: datetime) -> datetime:
        """When a call that left no answer is taken for lost."""
        return at + timedelta(seconds=self.callSeconds)

    def afterUnpaid(self, createdAt: datetime, expiresAt: datetime, at: datetime) -> datetime:
        """The next look: sparser with age, and one when the payment has expired."""
        nextAt = at + self._pause(at - createdAt)
        closesAt = self.closesAt(expiresAt)
        return closesAt if at < closesAt < nextAt else nextAt

    def afterUnknown(self, checkCount: int, at: datetime) -> datetime:
        wait = UNKNOWN_WAITS[min(checkCount, len(UNKNOWN_WAITS) - 1)]
        return at + timedelta(seconds=wait)

    def closesAt(self, expiresAt: datetime) -> datetime:
        """From here on an unpaid payment may be closed; the bank is asked first."""
        return expiresAt + timedelta(seconds=self.expiryGraceSeconds)

    def deadlineOf(self, at: datetime) -> datetime:
        return at + timedelta(seconds=self.outcomeDeadlineSeconds)

    def _pause(self, age: timedelta) -> timedelta:
        early = timedelta(seconds=self.earlySeconds)
        if age < timedelta(minutes=10):
            return early
        if age < timedelta(hours=1):
            return early * 4
        return early * 24
