"""The bank's own clock: real time plus an offset a test may set."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

JAKARTA: Final = timezone(timedelta(hours=7), "WIB")


class BankClock:
    """Tells the time at the bank; `offsetSeconds` makes it run ahead (positive) or behind (negative)."""

    def __init__(self, offsetSeconds: float = 0.0) -> None:
        self.offsetSeconds = offsetSeconds

    def now(self) -> datetime:
        """The present, in Jakarta time."""
        return datetime.fromtimestamp(time.time() + self.offsetSeconds, tz=UTC).astimezone(JAKARTA)


def toBodyTime(at: datetime) -> str:
    """A time as SNAP bodies carry it: 25 characters, Jakarta offset."""
    return at.astimezone(JAKARTA).isoformat(timespec="seconds")


def toHeaderTime(at: datetime) -> str:
    """A time as SNAP headers carry it: with milliseconds."""
    return at.astimezone(JAKARTA).isoformat(timespec="milliseconds")


def jakartaDay(at: datetime) -> str:
    """The calendar day in Jakarta, on which request numbers must be unique."""
    return at.astimezone(JAKARTA).date().isoformat()
