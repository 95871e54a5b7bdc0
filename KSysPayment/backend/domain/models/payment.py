from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysPayment.backend.domain.models.paymentTable import PaymentTable
from KSysPayment.backend.domain.models.statuses import PaymentMethod, PaymentStatus
from shared.backend.database.table import UtcDateTime, enumColumn


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
