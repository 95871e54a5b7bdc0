from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysPayment.backend.domain.models.paymentTable import PaymentTable
from shared.backend.database.table import UtcDateTime, enumColumn


class ExceptionKind(StrEnum):
    """Why a person has to look."""

    AMOUNT_DIFFERS = "amountDiffers"
    EVIDENCE_DIFFERS = "evidenceDiffers"
    LATE_MONEY = "lateMoney"
    PAID_TWICE = "paidTwice"
    UNKNOWN_ACCOUNT = "unknownAccount"
    OUTCOME_UNKNOWN = "outcomeUnknown"
    NOTIFICATION_UNREADABLE = "notificationUnreadable"
    BANK_PAID_UNCONFIRMED = "bankPaidUnconfirmed"


class ExceptionState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class PaymentException(PaymentTable, table=True):
    """One thing about money that a person has to decide; open until someone said how it was resolved."""

    __tablename__ = "payment_exception"
    __table_args__ = (
        Index("ix_payment_exception_state_opened_at", "state", "opened_at"),
        Index("ix_payment_exception_payment_id", "payment_id"),
    )

    id: UUID = Field(primary_key=True)
    kind: ExceptionKind = Field(sa_type=enumColumn(ExceptionKind, "kind"))
    state: ExceptionState = Field(sa_type=enumColumn(ExceptionState, "state"))
    dedupeKey: str = Field(max_length=200, unique=True, sa_column_kwargs={"name": "dedupe_key"})
    paymentId: UUID | None = Field(default=None, foreign_key="payment.id", sa_column_kwargs={"name": "payment_id"})
    attemptId: UUID | None = Field(
        default=None, foreign_key="payment_attempt.id", sa_column_kwargs={"name": "attempt_id"}
    )
    receiptId: UUID | None = Field(default=None, foreign_key="receipt.id", sa_column_kwargs={"name": "receipt_id"})
    detail: str = Field(max_length=255)
    facts: dict[str, JsonValue] = Field(sa_type=JSONB, sa_column_kwargs={"nullable": False})
    openedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "opened_at"})
    assigneeId: UUID | None = Field(default=None, sa_column_kwargs={"name": "assignee_id"})
    resolvedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "resolved_at"})
    resolvedBy: str | None = Field(default=None, max_length=64, sa_column_kwargs={"name": "resolved_by"})
    resolution: str | None = Field(default=None, max_length=255)
