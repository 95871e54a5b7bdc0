"""The bill that create and update carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from KSysPayment.simulator.operations.accountLookup import NUMBER_FIELDS, TRX_ID
from KSysPayment.simulator.snap.answers import FEATURE_NOT_ALLOWED, INVALID_FORMAT, JsonObject, SnapRefusedError
from KSysPayment.simulator.snap.fields import (
    AMOUNT,
    BODY_TIME,
    CLOSED_TYPE,
    CURRENCY,
    FieldRule,
    parseTime,
    textAt,
    valueAt,
)

BILL_FIELDS: Final = (
    *NUMBER_FIELDS,
    FieldRule("virtualAccountName", 255),
    FieldRule("totalAmount.value", 16, AMOUNT),
    FieldRule("totalAmount.currency", 3, CURRENCY),
    FieldRule("expiredDate", 25, BODY_TIME),
    TRX_ID,
    FieldRule("additionalInfo.description", 255, mandatory=False),
    FieldRule("virtualAccountTrxType", 1, CLOSED_TYPE, mandatory=False),
)

# Beyond it a change of time zone would leave the calendar.
LAST_YEAR: Final = 9998


@dataclass(frozen=True)
class Bill:
    """Who pays how much until when."""

    name: str
    amount: str
    expiresAt: datetime
    description: str | None


def readBill(body: JsonObject, at: datetime) -> Bill:
    """The bill of a body that has passed BILL_FIELDS; only closed amounts, only times to come."""
    if textAt(body, "virtualAccountTrxType") not in ("", "C"):
        raise SnapRefusedError(FEATURE_NOT_ALLOWED, "[virtualAccountTrxType]")
    amount = textAt(body, "totalAmount.value")
    if Decimal(amount) <= 0:
        raise SnapRefusedError(INVALID_FORMAT, "totalAmount.value")
    expiresAt = parseTime(textAt(body, "expiredDate"), BODY_TIME)
    if expiresAt is None or expiresAt <= at or expiresAt.year > LAST_YEAR:
        raise SnapRefusedError(INVALID_FORMAT, "expiredDate")
    description = valueAt(body, "additionalInfo.description")
    return Bill(
        name=textAt(body, "virtualAccountName"),
        amount=amount,
        expiresAt=expiresAt,
        description=description if isinstance(description, str) else None,
    )
