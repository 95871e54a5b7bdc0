"""Faults that befall the bank's answer after the business was done."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pydantic import JsonValue

from KSysPayment.simulator.snap.answers import GENERAL_ERROR, UNLISTED, JsonObject, SnapAnswer, answerOf
from KSysPayment.simulator.snap.reply import JSON_TYPE, Reply, replyOf, toJson
from KSysPayment.simulator.state.fault import Fault, OrderedFault

HTML_PAGE: Final = b"<!DOCTYPE html><html><head><title>200</title></head><body><h1>Welcome</h1></body></html>"
HTTP_STATUSES: Final = range(200, 600)
AMOUNT_FIELDS: Final = frozenset({"totalAmount", "paidAmount"})
STRAY_AMOUNT: Final = Decimal("1.00")


def bendReply(ordered: OrderedFault | None, answer: SnapAnswer, serviceCode: str) -> Reply:
    """The reply the ordered fault makes of an answer."""
    match ordered.fault if ordered is not None else None:
        case Fault.DROP_AFTER_PROCESSING:
            return Reply(isHangUp=True)
        case Fault.ERROR_AFTER_PROCESSING:
            return replyOf(answerOf(serviceCode, GENERAL_ERROR))
        case Fault.UNLISTED_CODE:
            return replyOf(unlistedAnswer(ordered, serviceCode))
        case Fault.EMPTY_BODY:
            return Reply(200, b"", JSON_TYPE)
        case Fault.HTML_BODY:
            return Reply(200, HTML_PAGE, "text/html; charset=utf-8")
        case Fault.PRETTY_BODY:
            return Reply(answer.status, toJson(answer.body, indent=2))
        case Fault.AMOUNT_MISMATCH:
            return replyOf(SnapAnswer(answer.status, withOtherAmounts(answer.body)))
        case _:
            return replyOf(answer)


def unlistedAnswer(ordered: OrderedFault | None, serviceCode: str) -> SnapAnswer:
    """A code in no table: the ordered one, or a 403 that tempts the reader to call it a failure."""
    code = ordered.responseCode if ordered is not None else None
    if code is None:
        return answerOf(serviceCode, UNLISTED)
    status = int(code[:3])
    return SnapAnswer(
        status if status in HTTP_STATUSES else 500, {"responseCode": code, "responseMessage": UNLISTED.message}
    )


def withOtherAmounts(body: JsonObject) -> JsonObject:
    """The same body with every amount one rupiah higher."""
    return {name: otherValue(name, value) for name, value in body.items()}


def otherValue(name: str, value: JsonValue) -> JsonValue:
    """A value with the amounts inside it changed."""
    if isinstance(value, list):
        return [otherValue(name, item) for item in value]
    if not isinstance(value, dict):
        return value
    amount = value.get("value")
    if name in AMOUNT_FIELDS and isinstance(amount, str):
        return {**value, "value": otherAmount(amount)}
    return withOtherAmounts(value)


def otherAmount(amount: str) -> str:
    """One rupiah more than the truth."""
    return f"{Decimal(amount) + STRAY_AMOUNT:.2f}"
