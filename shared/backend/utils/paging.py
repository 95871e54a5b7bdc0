from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Generic, TypeVar

from pydantic import Field

from shared.backend.exceptions.errors import InvalidInputError
from shared.backend.utils.apiModel import OutputModel
from shared.backend.utils.valueObject import ValueObject

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_CURSOR_LENGTH = 512
LARGEST_POSITION = (1 << 63) - 1

Item = TypeVar("Item")


class PageInput(ValueObject):
    """Which part of a list is asked for: `limit` items after the row that `cursor` names."""

    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=MAX_CURSOR_LENGTH)


class Page(OutputModel, Generic[Item]):
    """One part of a list; `nextCursor` is null on the last one."""

    items: Sequence[Item]
    nextCursor: str | None = None


class InvalidCursorError(InvalidInputError):
    code = "paging.invalidCursor"
    title = "The cursor is not one this list gave out"


def encodeCursor(keys: Sequence[str]) -> str:
    """The cursor text for a row with these key values."""
    return base64.urlsafe_b64encode(json.dumps(list(keys), separators=(",", ":")).encode()).decode().rstrip("=")


def decodeCursor(cursor: str, width: int) -> tuple[str, ...]:
    """The key values in the cursor, exactly `width` of them; InvalidCursorError for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        keys = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, UnicodeError) as error:
        raise InvalidCursorError("the cursor cannot be read") from error
    isListOfText = isinstance(keys, list) and len(keys) == width and all(isinstance(key, str) for key in keys)
    if not isListOfText or any("\x00" in key for key in keys):
        raise InvalidCursorError("the cursor cannot be read")
    return tuple(keys)


def encodePosition(position: int) -> str:
    """The cursor of a feed: everything up to this position was read."""
    return encodeCursor([str(position)])


def decodePosition(cursor: str | None) -> int:
    """The position in this cursor, 0 without one; InvalidCursorError for anything that no feed gave out."""
    if cursor is None:
        return 0
    (text,) = decodeCursor(cursor, 1)
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(LARGEST_POSITION)):
        raise InvalidCursorError("the cursor cannot be read")
    if int(text) > LARGEST_POSITION:
        raise InvalidCursorError("the cursor cannot be read")
    return int(text)
