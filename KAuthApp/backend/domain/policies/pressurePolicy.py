from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject

SLOT: Final = timedelta(minutes=5)


class Pressure(ValueObject):
    """How sign-ins from devices nobody knows went in a stretch of time."""

    tries: int = 0
    failures: int = 0


class PressurePolicy(ValueObject):
    """When sign-ins from unknown devices look like an attack on the whole platform.

    People mistype and then get in, which takes their failures back; a list of stolen passwords fails and fails, from
    many addresses. A fast attack shows within minutes, a slow one within the day. Of one address only the first
    failures count here: a single place cannot put everybody else under suspicion.
    """

    lately: timedelta = Field(default=timedelta(minutes=10), ge=SLOT, le=timedelta(hours=1))
    failuresLately: int = Field(default=30, ge=1)
    today: timedelta = Field(default=timedelta(days=1), ge=timedelta(hours=1), le=timedelta(days=2))
    failuresToday: int = Field(default=100, ge=1)
    share: float = Field(default=0.5, gt=0, le=1)
    mostOfOneAddress: int = Field(default=10, ge=1)

    def slotOf(self, at: datetime) -> datetime:
        """The start of the five minutes that this moment is counted in."""
        return datetime.fromtimestamp(at.timestamp() // SLOT.total_seconds() * SLOT.total_seconds(), UTC)

    def latelySince(self, at: datetime) -> datetime:
        return self.slotOf(at - self.lately)

    def todaySince(self, at: datetime) -> datetime:
        return self.slotOf(at - self.today)

    def counts(self, addressFailures: int) -> bool:
        """Whether one more failure of an address with so many says something about the whole platform."""
        return addressFailures < self.mostOfOneAddress

    def takenBack(self, mistakes: int, left: int) -> int:
        """How many of the mistakes that an address was forgiven, which left it so many failures, had counted here.

        Who mistyped beyond that had not counted: no number of own sign-ins takes back what others failed.
        """
        return min(mistakes, max(0, self.mostOfOneAddress - left))

    def isFirstOfDay(self, lastEntryAt: datetime | None, at: datetime) -> bool:
        """Whether this sign-in counts as a person coming in: the same one again says nothing for all the others."""
        return lastEntryAt is None or lastEntryAt <= at - self.today

    def isAttack(self, lately: Pressure, today: Pressure) -> bool:
        return self._isHigh(lately, self.failuresLately) or self._isHigh(today, self.failuresToday)

    def _isHigh(self, pressure: Pressure, fewest: int) -> bool:
        return pressure.failures >= fewest and pressure.failures >= self.share * pressure.tries
