from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

JAKARTA: Final = ZoneInfo("Asia/Jakarta")
CLOCKS_DIFFER: Final = timedelta(minutes=15)


def jakartaDay(at: datetime) -> date:
    """The calendar day the bank counts this moment to."""
    return at.astimezone(JAKARTA).date()


def startOfJakartaDay(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=JAKARTA)


def splitByJakartaDay(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The span as pieces that each stay inside one Jakarta day, as the bank's report demands."""
    pieces: list[tuple[datetime, datetime]] = []
    at = since.astimezone(JAKARTA)
    last = until.astimezone(JAKARTA)
    while at < last:
        nextDay = startOfJakartaDay(at.date() + timedelta(days=1))
        pieces.append((at, min(nextDay - timedelta(seconds=1), last)))
        at = nextDay
    return pieces


def reportWindows(since: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """
    What to ask the bank's report for, so that nothing since `since` is missed though its clock and ours may differ.

    A margin on both sides, but never into tomorrow: the bank refuses a day that has not begun.
    """
    lastToday = startOfJakartaDay(jakartaDay(now) + timedelta(days=1)) - timedelta(seconds=1)
    return splitByJakartaDay(min(since, now) - CLOCKS_DIFFER, max(now, min(now + CLOCKS_DIFFER, lastToday)))
