"""Formats of body fields: which are needed, how long they may be, how they look."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn

from pydantic import JsonValue

from KSysPayment.simulator.snap.answers import (
    BAD_REQUEST,
    INVALID_FORMAT,
    INVALID_MANDATORY,
    JsonObject,
    SnapRefusedError,
)

SERVICE_ID: Final = re.compile(r" *[0-9]+")
DIGITS: Final = re.compile(r"[0-9]+")
PADDED_DIGITS: Final = re.compile(r" *[0-9]+")
AMOUNT: Final = re.compile(r"[0-9]{1,13}\.[0-9]{2}")
CURRENCY: Final = re.compile(r"IDR")
PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
VISIBLE: Final = re.compile(r"[\x21-\x7e]+")
PAID_STATUS: Final = re.compile(r"[YN]")
CLOSED_TYPE: Final = re.compile(r"[A-Z]")
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
BODY_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")
HEADER_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True)
class FieldRule:
    """One text field of a body; `path` walks into objects with dots."""

    path: str
    limit: int
    form: re.Pattern[str] = PRINTABLE
    mandatory: bool = True
    exact: bool = False


def parseBody(raw: bytes) -> JsonObject:
    """The body as an object, or a Bad Request."""
    try:
        body: JsonValue = json.loads(raw.decode("utf-8"), parse_constant=refuseConstant)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise SnapRefusedError(BAD_REQUEST) from error
    if not isinstance(body, dict):
        raise SnapRefusedError(BAD_REQUEST)
    return body


def refuseConstant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


def ensureFields(body: JsonObject, rules: Sequence[FieldRule]) -> None:
    """Refuse the first missing mandatory field, then the first badly formed one."""
    found = [(rule, valueAt(body, rule.path)) for rule in rules]
    for rule, value in found:
        if rule.mandatory and value in (None, ""):
            raise SnapRefusedError(INVALID_MANDATORY, rule.path)
    for rule, value in found:
        if value not in (None, "") and not isWellFormed(rule, value):
            raise SnapRefusedError(INVALID_FORMAT, rule.path)


def isWellFormed(rule: FieldRule, value: JsonValue) -> bool:
    """Whether a present value is a text of the right form and length."""
    if not isinstance(value, str) or rule.form.fullmatch(value) is None:
        return False
    return len(value) == rule.limit if rule.exact else len(value) <= rule.limit


def valueAt(body: JsonObject, path: str) -> JsonValue:
    """The value at a dotted path; nothing when a step is absent; an object that should be one is badly formed."""
    value: JsonValue = body
    walked: list[str] = []
    for step in path.split("."):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise SnapRefusedError(INVALID_FORMAT, ".".join(walked))
        value = value.get(step)
        walked.append(step)
    return value


def textAt(body: JsonObject, path: str) -> str:
    """The text at a path, empty when absent; call after `ensureFields`."""
    value = valueAt(body, path)
    return value if isinstance(value, str) else ""


def parseTime(text: str, form: re.Pattern[str]) -> datetime | None:
    """A time with an offset, or nothing when it is not written as `form` or does not exist."""
    if form.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
