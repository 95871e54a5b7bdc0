"""Ways to write the same thing that a careful reader copes with, and one that it must not overlook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from pydantic import JsonValue

from KSysPayment.simulator.snap.answers import JsonObject

STRAY_AMOUNT: Final = Decimal("1.00")
AMOUNT_OBJECTS: Final = frozenset({"totalAmount", "paidAmount", "amount"})
BARE_AMOUNTS: Final = frozenset({"paymentAmount"})


def otherAmount(amount: str) -> str:
    """One rupiah more than the truth."""
    return f"{Decimal(amount) + STRAY_AMOUNT:.2f}"


def plainAmount(amount: str) -> str:
    """The amount without decimals when it has none that count."""
    return amount.removesuffix(".00")


def withAmounts(body: JsonObject, change: Callable[[str], str]) -> JsonObject:
    """The same body with every amount, however deep, rewritten."""
    return {name: rewritten(name, value, change) for name, value in body.items()}


def rewritten(name: str, value: JsonValue, change: Callable[[str], str]) -> JsonValue:
    """A value with the amounts inside it rewritten."""
    if isinstance(value, list):
        return [rewritten(name, item, change) for item in value]
    if name in BARE_AMOUNTS and isinstance(value, str):
        return change(value)
    if not isinstance(value, dict):
        return value
    amount = value.get("value")
    if name in AMOUNT_OBJECTS and isinstance(amount, str):
        return {**value, "value": change(amount)}
    return withAmounts(value, change)


def withExtraFields(body: JsonObject) -> JsonObject:
    """Fields nobody has announced, in every object."""
    inner = {name: withExtraFields(value) if isinstance(value, dict) else value for name, value in body.items()}
    return {**inner, "unannouncedField": {"nested": [1, None, "x"]}, "freeText": None}


def withNumericCode(body: JsonObject) -> JsonObject:
    """The response code as a number."""
    code = body.get("responseCode")
    return {**body, "responseCode": int(code)} if isinstance(code, str) else body


def inOtherCase(headers: Mapping[str, str]) -> dict[str, str]:
    """Header names as nobody writes them: capitals and small letters exchanged."""
    return {name.swapcase(): value for name, value in headers.items()}
