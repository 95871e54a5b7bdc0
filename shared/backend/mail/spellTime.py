from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

_MONTHS: Final[Mapping[str, str]] = {
    "en": "January February March April May June July August September October November December",
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
}


def spellTime(at: datetime, locale: str) -> str:
    """A moment as people write it: `21 November 2026, 16:57 UTC`."""
    utc = at.astimezone(UTC)
    date = f"{utc.day} {_MONTHS[locale].split()[utc.month - 1]} {utc.year}"
    return f"{date}, {utc:%H:%M} UTC" if locale == "en" else f"{date} pukul {utc:%H.%M} UTC"
