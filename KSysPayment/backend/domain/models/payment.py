from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysPayment.backend.domain.exceptions.paymentErrors import (
    AmountInvalidError,
    PaymentMoveRefusedError,
    PaymentNotCancellableError,
)
from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.domain.models.paymentTable import PaymentTable
from KSysPayment.backend.domain.models.statuses import PAYMENT_MOVES, PaymentMethod, PaymentStatus
from shared.backend.database.table import UtcDateTime, enumColumn
from shared.backend.utils.uuid import generateId


class Payment(PaymentTable, table=True):
    """What a merchant asks a payer for. The money that came is counted here by the database's own function only."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("owner_id", "reference"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("received_minor >= 0", name="received_not_negative"),
        CheckConstraint(
            "refund_reserved_minor >= 0 AND refunded_minor >= 0"
            " AND refund_reserved_minor + refunded_minor <= received_minor",
            name="refunds_within_received",
        ),
        Index("ix_payment_owner_id_created_at_id", "owner_id", "created_at", "id"),
        Index("ix_payment_status_expires_at", "status", "expires_at"),
    )

    id: UUID = Field(primary_key=True)
    ownerId: UUID = Field(sa_column_kwargs={"name": "owner_id"})
    reference: str = Field(max_length=64)
    status: PaymentStatus = Field(sa_type=enumColumn(PaymentStatus, "status"))
    needsReview: bool = Field(default=False, sa_column_kwargs={"name": "needs_review"})
    method: PaymentMethod = Field(sa_type=enumColumn(PaymentMethod, "method"))
    currency: str = Field(max_length=3)
    amountMinor: int = Field(sa_type=BigInteger, sa_column_kwargs={"name": "amount_minor"})
    receivedMinor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"name": "received_minor"})
    refundReservedMinor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"name": "refund_reserved_minor"})
    refundedMinor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"name": "refunded_minor"})
    description: str | None = Field(default=None, max_length=255)
    merchantMetadata: dict[str, JsonValue] = Field(
        sa_type=JSONB, sa_column_kwargs={"name": "merchant_metadata", "nullable": False}
    )
    checkoutToken: str = Field(max_length=64, unique=True, sa_column_kwargs={"name": "checkout_token"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    updatedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "updated_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "expires_at"})
    paidAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "paid_at"})
    closedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "closed_at"})
    version: int = Field(default=1)

    @classmethod
    def open(
        cls,
        *,
        ownerId: UUID,
        reference: str,
        amount: Money,
        method: PaymentMethod,
        checkoutToken: str,
        at: datetime,
        expiresAt: datetime,
        description: str | None = None,
        merchantMetadata: Mapping[str, JsonValue] | None = None,
    ) -> Self:
        """A new payment; `unknown` until the bank has said that its instrument exists."""
        if amount.minorUnits <= 0:
            raise AmountInvalidError("the amount must be more than zero", field="amount.value")
        if amount.hasFraction:
            raise AmountInvalidError("rupiah are asked for in whole rupiah", field="amount.value")
        return cls(
            id=generateId(),
            ownerId=ownerId,
            reference=reference,
            status=PaymentStatus.UNKNOWN,
            method=method,
            currency=amount.currency,
            amountMinor=amount.minorUnits,
            description=description,
            merchantMetadata=dict(merchantMetadata or {}),
            checkoutToken=checkoutToken,
            createdAt=at,
            updatedAt=at,
            expiresAt=expiresAt,
        )

    @property
    def amount(self) -> Money:
        return Money(minorUnits=self.amountMinor, currency=self.currency)

    @property
    def received(self) -> Money:
        return Money(minorUnits=self.receivedMinor, currency=self.currency)

    @property
    def refunded(self) -> Money:
        return Money(minorUnits=self.refundedMinor, currency=self.currency)

    def ensureCancellable(self) -> None:
        if self.status is not PaymentStatus.AWAITING_PAYMENT or self.receivedMinor:
            raise PaymentNotCancellableError(f"the payment is {self.status.value}")

    def awaitMoney(self, at: datetime) -> None:
        self._move(PaymentStatus.AWAITING_PAYMENT, at)

    def fail(self, at: datetime) -> None:
        self._move(PaymentStatus.FAILED, at)
        self.closedAt = at

    def expire(self, at: datetime) -> None:
        self._move(PaymentStatus.EXPIRED, at)
        self.closedAt = at

    def cancel(self, at: datetime) -> None:
        self.ensureCancellable()
        self._move(PaymentStatus.CANCELLED, at)
        self.closedAt = at

    def _move(self, to: PaymentStatus, at: datetime) -> None:
        if to not in PAYMENT_MOVES[self.status]:
            raise PaymentMoveRefusedError(f"a payment does not go from {self.status.value} to {to.value}")
        self.status = to
        self.updatedAt = at
