from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta


class ClockInterface(ABC):
    """Where time comes from; tests bring their own."""

    @abstractmethod
    def now(self) -> datetime:
        """The present moment in UTC, time zone attached."""


class SystemClock(ClockInterface):
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the one clock


class FixedClock(ClockInterface):
    """Stands still until told to move."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs a time zone")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by
