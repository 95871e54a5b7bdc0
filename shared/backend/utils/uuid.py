from __future__ import annotations

import threading
import time
from secrets import randbits
from typing import Final
from uuid import UUID

_RANDOM_BITS: Final = 74
_COUNTER_LIMIT: Final = 1 << _RANDOM_BITS
_VERSION_BITS: Final = 0x7 << 76
_VARIANT_BITS: Final = 0b10 << 62
_RFC_4122: Final = "specified in RFC 4122"


class _Generator:
    """Time in milliseconds, then 74 bits that start at random each millisecond and count on from there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millisecond = 0
        self._tail = 0

    def next(self) -> UUID:
        with self._lock:
            self._advance(time.time_ns() // 1_000_000)
            millisecond, tail = self._millisecond, self._tail
        high, low = tail >> 62, tail & ((1 << 62) - 1)
        return UUID(int=(millisecond << 80) | _VERSION_BITS | (high << 64) | _VARIANT_BITS | low)

    def _advance(self, now: int) -> None:
        if now > self._millisecond:
            self._millisecond = now
            self._tail = randbits(_RANDOM_BITS - 1)
            return
        # Same millisecond, or the clock went back: stay and count on, by a random step that cannot be guessed.
        self._tail += 1 + randbits(32)
        if self._tail >= _COUNTER_LIMIT:
            self._millisecond += 1
            self._tail = randbits(_RANDOM_BITS - 1)


_generator = _Generator()


def generateId() -> UUID:
    """A UUIDv7 (RFC 9562, 5.7), strictly greater than every one this process made before; safe across threads."""
    return _generator.next()


def isValidId(text: str) -> bool:
    """True for the canonical lower- or upper-case text of a UUIDv7, false for anything else."""
    try:
        value = UUID(text)
    except ValueError:
        return False
    return value.version == 7 and value.variant == _RFC_4122 and str(value) == text.lower()


def parseId(text: str) -> UUID:
    """The UUIDv7 in this text; ValueError when it is none."""
    if not isValidId(text):
        raise ValueError("not a UUIDv7")
    return UUID(text)
