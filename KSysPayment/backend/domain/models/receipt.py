from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from KSysPayment.backend.domain.models.paymentTable import PaymentTable
from shared.backend.database.table import UtcDateTime, enumColumn


class ReceiptSource(StrEnum):
    """Who told us. Each of them alone is enough to find the money."""

    NOTIFICATION = "notification"
    INQUIRY = "inquiry"
    REPORT = "report"
    STATEMENT = "statement"


class ReferenceKind(StrEnum):
    """`derived`: the bank said "paid" and named no transaction; the first real reference replaces ours."""

    BANK = "bank"
    DERIVED = "derived"


class Disposition(StrEnum):
    """Where the money was put: on the payment, or aside until someone decides."""

    APPLIED = "applied"
    UNAPPLIED = "unapplied"


class Receipt(PaymentTable, table=True):
    """The money fact: one movement at the bank, once, whoever reported it first."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("bank_account", "bank_reference"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        Index("ix_receipt_payment_id", "payment_id"),
        Index("ix_receipt_received_at", "received_at"),
    )

    id: UUID = Field(primary_key=True)
    bankAccount: str = Field(max_length=32, sa_column_kwargs={"name": "bank_account"})
    bankReference: str = Field(max_length=128, sa_column_kwargs={"name": "bank_reference"})
    referenceKind: ReferenceKind = Field(
        sa_type=enumColumn(ReferenceKind, "reference_kind"), sa_column_kwargs={"name": "reference_kind"}
    )
    paymentId: UUID | None = Field(default=None, foreign_key="payment.id", sa_column_kwargs={"name": "payment_id"})
    attemptId: UUID | None = Field(
        default=None, foreign_key="payment_attempt.id", sa_column_kwargs={"name": "attempt_id"}
    )
    virtualAccountNo: str = Field(max_length=28, sa_column_kwargs={"name": "virtual_account_no"})
    currency: str = Field(max_length=3)
    amountMinor: int = Field(sa_type=BigInteger, sa_column_kwargs={"name": "amount_minor"})
    bankTime: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "bank_time"})
    source: ReceiptSource = Field(sa_type=enumColumn(ReceiptSource, "source"))
    disposition: Disposition | None = Field(
        default=None, sa_type=enumColumn(Disposition, "disposition"), sa_column_kwargs={"nullable": True}
    )
    receivedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "received_at"})
    settledAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "settled_at"})


class ReceiptEvidence(PaymentTable, table=True):
    """One more telling of the same movement. `originId` is the inbox event, attempt or line it came from."""

    __tablename__ = "receipt_evidence"
    __table_args__ = (UniqueConstraint("receipt_id", "source", "origin_id"),)

    id: UUID = Field(primary_key=True)
    receiptId: UUID = Field(foreign_key="receipt.id", sa_column_kwargs={"name": "receipt_id"})
    source: ReceiptSource = Field(sa_type=enumColumn(ReceiptSource, "source"))
    originId: UUID = Field(sa_column_kwargs={"name": "origin_id"})
    bankReference: str = Field(max_length=128, sa_column_kwargs={"name": "bank_reference"})
    amountMinor: int = Field(sa_type=BigInteger, sa_column_kwargs={"name": "amount_minor"})
    observedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "observed_at"})
