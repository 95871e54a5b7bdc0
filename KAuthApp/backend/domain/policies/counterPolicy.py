from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Self

from pydantic import Field

from KAuthApp.backend.domain.models.failureCounter import CounterKind
from shared.backend.utils.valueObject import ValueObject

# In a row: forgotten so long after the last. All others count for a fixed while from their first.
_IN_A_ROW: Final = frozenset({CounterKind.ACCOUNT, CounterKind.PAIR, CounterKind.DEVICE})


class Tally(ValueObject):
    """How often something happened, and when it last did."""

    count: int = Field(default=0, ge=0)
    lastAt: datetime | None = None

    def overtakenBy(self, countedNow: int, at: datetime) -> Self:
        """As it stood when one more was counted to `countedNow`: others may have failed since it was read, just now."""
        before = countedNow - 1
        return self if before == self.count else self.model_copy(update={"count": before, "lastAt": at})


class CounterPolicy(ValueObject):
    """For how long each kind of counter remembers.

    An address serves many people: its failures count for a while from the first, or a busy one would never be clean.
    Who stole a device or session guesses a few times a day for as long as it is good: it is remembered for longer.
    """

    account: timedelta = Field(default=timedelta(days=7), ge=timedelta(hours=1))
    device: timedelta = Field(default=timedelta(days=7), ge=timedelta(hours=1))
    pair: timedelta = Field(default=timedelta(days=1), ge=timedelta(minutes=1))
    address: timedelta = Field(default=timedelta(days=1), ge=timedelta(minutes=1))
    orders: timedelta = Field(default=timedelta(hours=1), ge=timedelta(minutes=1))

    def memoryOf(self, kind: CounterKind) -> timedelta:
        memories: Mapping[CounterKind, timedelta] = {
            CounterKind.ACCOUNT: self.account,
            CounterKind.ADDRESS: self.address,
            CounterKind.PAIR: self.pair,
            CounterKind.DEVICE: self.device,
            CounterKind.ORDER_SOURCE: self.orders,
            CounterKind.ORDER_TARGET: self.orders,
            CounterKind.ORDER_PAIR: timedelta(days=1),
            CounterKind.NOTICE_HOUR: timedelta(hours=1),
            CounterKind.NOTICE_DAY: timedelta(days=1),
        }
        return memories[kind]

    def isInARow(self, kind: CounterKind) -> bool:
        """Whether the last failure decides when it is forgotten; else the first does."""
        return kind in _IN_A_ROW

    def cutOff(self, kind: CounterKind, at: datetime) -> datetime:
        """A counter of this kind that is not younger begins anew."""
        return at - self.memoryOf(kind)

    def longestMemory(self) -> timedelta:
        return max(self.memoryOf(kind) for kind in CounterKind)
