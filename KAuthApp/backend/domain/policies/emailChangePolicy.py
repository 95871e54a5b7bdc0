from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject


class EmailChangePolicy(ValueObject):
    """How long a change of address waits for its codes, how long it can be taken back, how often one may be asked for.

    Every change that is asked for may write to an address of somebody else: hence the limit.
    """

    waitsFor: timedelta = Field(default=timedelta(hours=1), ge=timedelta(minutes=5), le=timedelta(days=1))
    revertFor: timedelta = Field(default=timedelta(days=7), ge=timedelta(days=1), le=timedelta(days=90))
    mostInWindow: int = Field(default=5, ge=1, le=100)
    window: timedelta = Field(default=timedelta(hours=1), ge=timedelta(minutes=1))

    def expiry(self, askedAt: datetime) -> datetime:
        return askedAt + self.waitsFor

    def revertEnd(self, appliedAt: datetime) -> datetime:
        return appliedAt + self.revertFor

    def windowStart(self, at: datetime) -> datetime:
        return at - self.window

    def mayAsk(self, askedInWindow: int) -> bool:
        return askedInWindow < self.mostInWindow
