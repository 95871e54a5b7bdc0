from __future__ import annotations

from typing import Final, Self
from uuid import UUID

from pydantic import Field, JsonValue

from KSysPayment.backend.domain.interfaces.repositoryInterfaces import PaymentView
from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.domain.models.paymentAttempt import PaymentAttempt
from KSysPayment.backend.domain.models.statuses import AttemptState, PaymentMethod, PaymentStatus
from shared.backend.utils.apiModel import OutputModel, Timestamp

SHOWN: Final = frozenset({AttemptState.ACCEPTED, AttemptState.PAID, AttemptState.EXPIRED, AttemptState.CLOSED})


class MoneyOutput(OutputModel):
    value: str = Field(examples=["150000.00"])
    currency: str = Field(examples=["IDR"])

    @classmethod
    def fromMoney(cls, money: Money) -> Self:
        return cls(value=money.text, currency=money.currency)


class BrivaOutput(OutputModel):
    """What the payer types: digits only."""

    virtualAccountNo: str = Field(examples=["220842026011500001"])
    partnerServiceId: str = Field(examples=["22084"])
    customerNo: str = Field(examples=["2026011500001"])
    accountName: str

    @classmethod
    def fromAttempt(cls, attempt: PaymentAttempt | None) -> Self | None:
        """Nothing while the bank has not said that the account exists."""
        if attempt is None or attempt.state not in SHOWN:
            return None
        return cls(
            virtualAccountNo=attempt.virtualAccountNo,
            partnerServiceId=attempt.partnerServiceId.strip(),
            customerNo=attempt.customerNo,
            accountName=attempt.accountName,
        )


class PaymentOutput(OutputModel):
    """A payment as its merchant sees it. `unknown`: the bank has not said whether it can be paid; it will."""

    id: UUID
    reference: str
    status: PaymentStatus
    amount: MoneyOutput
    received: MoneyOutput
    refunded: MoneyOutput
    method: PaymentMethod
    description: str | None
    metadata: dict[str, JsonValue]
    createdAt: Timestamp
    expiresAt: Timestamp
    paidAt: Timestamp | None
    briva: BrivaOutput | None
    checkoutUrl: str

    @classmethod
    def fromView(cls, view: PaymentView, publicBaseUrl: str) -> Self:
        payment = view.payment
        return cls(
            id=payment.id,
            reference=payment.reference,
            status=payment.status,
            amount=MoneyOutput.fromMoney(payment.amount),
            received=MoneyOutput.fromMoney(payment.received),
            refunded=MoneyOutput.fromMoney(payment.refunded),
            method=payment.method,
            description=payment.description,
            metadata=payment.merchantMetadata,
            createdAt=payment.createdAt,
            expiresAt=payment.expiresAt,
            paidAt=payment.paidAt,
            briva=BrivaOutput.fromAttempt(view.attempt),
            checkoutUrl=f"{publicBaseUrl}/payment/checkout/{payment.checkoutToken}",
        )


class CheckoutOutput(OutputModel):
    """What anyone who holds the checkout link may see."""

    reference: str
    status: PaymentStatus
    amount: MoneyOutput
    received: MoneyOutput
    description: str | None
    expiresAt: Timestamp
    paidAt: Timestamp | None
    method: PaymentMethod
    briva: BrivaOutput | None

    @classmethod
    def fromView(cls, view: PaymentView) -> Self:
        payment = view.payment
        return cls(
            reference=payment.reference,
            status=payment.status,
            amount=MoneyOutput.fromMoney(payment.amount),
            received=MoneyOutput.fromMoney(payment.received),
            description=payment.description,
            expiresAt=payment.expiresAt,
            paidAt=payment.paidAt,
            method=payment.method,
            briva=BrivaOutput.fromAttempt(view.attempt),
        )
