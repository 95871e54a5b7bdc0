from __future__ import annotations

import threading
from typing import Final
from uuid import RFC_4122, UUID

import uuid6

_lock: Final = threading.Lock()


def generateId() -> UUID:
    """A UUIDv7 (RFC 9562, 5.7), strictly greater than every one this process made before; safe across threads."""
    with _lock:  # the library keeps the last time in a global, without a lock of its own
        return UUID(int=uuid6.uuid7().int)


def isValidId(text: str) -> bool:
    """True for the canonical lower- or upper-case text of a UUIDv7, false for anything else."""
    try:
        value = UUID(text)
    except ValueError:
        return False
    return value.version == 7 and value.variant == RFC_4122 and str(value) == text.lower()


def parseId(text: str) -> UUID:
    """The UUIDv7 in this text; ValueError when it is none."""
    if not isValidId(text):
        raise ValueError("not a UUIDv7")
    return UUID(text)
