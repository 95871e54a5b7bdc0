from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from KSysAdmin.backend.domain.interfaces.paymentReaderInterface import TimelineEntry
from KSysAdmin.backend.domain.models.payment import Payment
from KSysAdmin.backend.domain.models.paymentStatuses import PaymentMethod, PaymentStatus
from shared.backend.utils.apiModel import OutputModel, Timestamp

MINOR_DIGITS: Final = {"IDR": 2}


class MoneyOutput(OutputModel):
    value: str = Field(examples=["150000.00"])
    currency: str = Field(examples=["IDR"])

    @classmethod
    def of(cls, minorUnits: int, currency: str) -> MoneyOutput:
        digits = MINOR_DIGITS.get(currency, 2)
        return cls(value=f"{Decimal(minorUnits).scaleb(-digits):.{digits}f}", currency=currency)


class PaymentOutput(OutputModel):
    """One payment, whoever asked for it."""

    id: UUID
    ownerId: UUID
    reference: str
    status: PaymentStatus
    needsReview: bool
    method: PaymentMethod
    amount: MoneyOutput
    received: MoneyOutput
    refunded: MoneyOutput
    description: str | None
    createdAt: Timestamp
    expiresAt: Timestamp
    paidAt: Timestamp | None

    @classmethod
    def of(cls, payment: Payment) -> PaymentOutput:
        money = {"amount": payment.amountMinor, "received": payment.receivedMinor, "refunded": payment.refundedMinor}
        facts: dict[str, object] = {name: getattr(payment, name) for name in cls.model_fields.keys() - money.keys()}
        amounts = {name: MoneyOutput.of(minorUnits, payment.currency) for name, minorUnits in money.items()}
        return cls.model_validate({**facts, **amounts})


class TimelineEntryOutput(OutputModel):
    at: Timestamp
    kind: Literal["event", "bankCall", "receipt", "journal", "exception"]
    title: str
    facts: dict[str, JsonValue]


class TimelineOutput(OutputModel):
    """Everything that happened to one payment, oldest first."""

    payment: PaymentOutput
    items: list[TimelineEntryOutput]

    @classmethod
    def of(cls, payment: Payment, entries: Sequence[TimelineEntry]) -> TimelineOutput:
        items = [TimelineEntryOutput.model_validate(entry.model_dump()) for entry in entries]
        return cls(payment=PaymentOutput.of(payment), items=items)
