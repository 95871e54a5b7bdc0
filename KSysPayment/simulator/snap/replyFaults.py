"""Faults that befall the bank's answer after the business was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from KSysPayment.simulator.snap.answers import GENERAL_ERROR, UNLISTED, JsonObject, SnapAnswer, answerOf
from KSysPayment.simulator.snap.oddShapes import (
    otherAmount,
    plainAmount,
    withAmounts,
    withExtraFields,
    withNumericCode,
)
from KSysPayment.simulator.snap.reply import JSON_TYPE, Reply, replyOf, toJson
from KSysPayment.simulator.state.fault import Fault, OrderedFault

HTML_PAGE: Final = b"<!DOCTYPE html><html><head><title>200</title></head><body><h1>Welcome</h1></body></html>"
HTTP_STATUSES: Final = range(200, 600)
BODIES_INSTEAD: Final[Mapping[Fault, Reply]] = {
    Fault.DROP_AFTER_PROCESSING: Reply(isHangUp=True),
    Fault.EMPTY_BODY: Reply(200, b"", JSON_TYPE),
    Fault.HTML_BODY: Reply(200, HTML_PAGE, "text/html; charset=utf-8"),
}
RESHAPED: Final[Mapping[Fault, Callable[[JsonObject], JsonObject]]] = {
    Fault.AMOUNT_MISMATCH: lambda body: withAmounts(body, otherAmount),
    Fault.PLAIN_AMOUNTS: lambda body: withAmounts(body, plainAmount),
    Fault.EXTRA_FIELDS: withExtraFields,
    Fault.NUMERIC_CODE: withNumericCode,
}


def bendReply(ordered: OrderedFault | None, answer: SnapAnswer, serviceCode: str) -> Reply:
    """The reply the ordered fault makes of an answer."""
    if ordered is None:
        return replyOf(answer)
    if ordered.fault in BODIES_INSTEAD:
        return BODIES_INSTEAD[ordered.fault]
    if ordered.fault in RESHAPED:
        return replyOf(SnapAnswer(answer.status, RESHAPED[ordered.fault](answer.body)))
    match ordered.fault:
        case Fault.ERROR_AFTER_PROCESSING:
            return replyOf(answerOf(serviceCode, GENERAL_ERROR))
        case Fault.UNLISTED_CODE:
            return replyOf(unlistedAnswer(ordered, serviceCode))
        case Fault.PRETTY_BODY:
            return Reply(answer.status, toJson(answer.body, indent=2))
        case _:
            return replyOf(answer)


def unlistedAnswer(ordered: OrderedFault, serviceCode: str) -> SnapAnswer:
    """A code in no table: the ordered one, or a 403 that tempts the reader to call it a failure."""
    if ordered.responseCode is None:
        return answerOf(serviceCode, UNLISTED)
    status = int(ordered.responseCode[:3])
    return SnapAnswer(
        status if status in HTTP_STATUSES else 500,
        {"responseCode": ordered.responseCode, "responseMessage": UNLISTED.message},
    )
