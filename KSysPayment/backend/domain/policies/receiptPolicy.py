from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from KSysPayment.backend.domain.models.paymentException import ExceptionKind
from KSysPayment.backend.domain.models.receipt import Disposition
from KSysPayment.backend.domain.models.statuses import PaymentStatus
from shared.backend.utils.valueObject import ValueObject


class FundedPayment(ValueObject):
    """The payment a receipt points at, as it stands under its lock."""

    paymentId: UUID
    ownerId: UUID
    status: PaymentStatus
    amountMinor: int
    receivedMinor: int
    expiresAt: datetime
    closedAt: datetime | None


class Settlement(ValueObject):
    """Where the money goes, and what a person must look at, if anything."""

    disposition: Disposition
    exception: ExceptionKind | None = None
    detail: str = ""


APPLY = Settlement(disposition=Disposition.APPLIED)


class ReceiptPolicy(ValueObject):
    """
    Whether money that came is the money that was asked for. It is booked either way, never dropped.

    `lateMoney` says what happens to the right amount that came after expiry or cancellation.
    """

    lateMoney: Literal["unapplied", "apply"] = "unapplied"

    def decide(self, payment: FundedPayment | None, amountMinor: int, bankTime: datetime | None) -> Settlement:
        if payment is None:
            return _aside(ExceptionKind.UNKNOWN_ACCOUNT, "money came to a virtual account nobody was given")
        if payment.receivedMinor >= payment.amountMinor:
            return _aside(ExceptionKind.PAID_TWICE, "money came to a payment that is paid already")
        if amountMinor != payment.amountMinor - payment.receivedMinor:
            return _aside(ExceptionKind.AMOUNT_DIFFERS, "the amount is not the one that was asked for")
        match payment.status:
            case PaymentStatus.EXPIRED | PaymentStatus.CANCELLED:
                return self._decideLate(payment, bankTime)
            case PaymentStatus.FAILED:
                return _aside(ExceptionKind.LATE_MONEY, "money came for a payment the bank had refused to open")
            case _:
                return APPLY

    def _decideLate(self, payment: FundedPayment, bankTime: datetime | None) -> Settlement:
        """Paid in time but heard of late is not late money; without the bank's time it is."""
        endedAt = min(payment.expiresAt, payment.closedAt or payment.expiresAt)
        wasInTime = bankTime is not None and bankTime <= endedAt
        if wasInTime or self.lateMoney == "apply":
            return APPLY
        return _aside(ExceptionKind.LATE_MONEY, f"money came after the payment was {payment.status.value}")


def _aside(kind: ExceptionKind, detail: str) -> Settlement:
    return Settlement(disposition=Disposition.UNAPPLIED, exception=kind, detail=detail)
