from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

JAKARTA: Final = ZoneInfo("Asia/Jakarta")


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
        endOfDay = startOfJakartaDay(at.date() + timedelta(days=1)) - timedelta(minutes=1)
        pieces.append((at, min(max(at, endOfDay), last)))
        at = endOfDay + timedelta(minutes=1)
    return pieces
