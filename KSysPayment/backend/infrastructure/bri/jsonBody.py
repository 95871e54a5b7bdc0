"""Reading JSON from the bank: numbers as Decimal, keys in either case, nothing trusted to be there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from KSysPayment.backend.domain.exceptions.paymentErrors import AmountInvalidError
from KSysPayment.backend.domain.models.money import Money

Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | Decimal | bool | None
JsonObject = Mapping[str, Json]


def toBytes(body: Mapping[str, object]) -> bytes:
    """Minified UTF-8 in the order given; these bytes are signed and sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def readObject(raw: bytes) -> JsonObject | None:
    """The JSON object in these bytes, or None: also when a name stands twice in an object, or for NaN and Infinity."""
    try:
        value: Json = json.loads(
            raw.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once
        )
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is no JSON")


def _once(pairs: Sequence[tuple[str, Json]]) -> JsonObject:
    """Two readers of a repeated name read two different amounts: nobody reads it."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def member(body: Json, name: str) -> Json:
    """The member of this name; the bank spells some with another case."""
    if not isinstance(body, Mapping):
        return None
    if name in body:
        return body[name]
    return next((value for key, value in body.items() if key.lower() == name.lower()), None)


def elementsOf(body: Json) -> Sequence[Json]:
    """The elements of a list; nothing for anything else."""
    return body if isinstance(body, list) else []


def textOf(body: Json, name: str) -> str:
    """The member as text; absent, null and "" are alike."""
    value = member(body, name)
    if isinstance(value, str):
        return value
    isNumber = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    return str(value) if isNumber else ""


def storableText(text: str) -> str:
    """The same text with a mark for what no database holds: NUL and halves of characters."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def moneyOf(value: Json) -> Money | None:
    """`"12345.00"`, digits, a number, or `{value, currency}`; None when it is none of them."""
    currency = textOf(value, "currency") or "IDR"
    amount = member(value, "value") if isinstance(value, Mapping) else value
    if isinstance(amount, bool) or not isinstance(amount, (str, int, Decimal)):
        return None
    try:
        return Money.parseTolerantly(amount, currency)
    except AmountInvalidError:
        return None
