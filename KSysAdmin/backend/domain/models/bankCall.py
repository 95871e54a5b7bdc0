from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime, enumColumn


class CallOutcome(StrEnum):
    """Whether the bank did it. Everything that is not a listed answer is `unknown`, never `rejected`."""

    OK = "ok"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class BankCall(AdminTable, table=True):
    """One request to the bank and its answer, secrets masked. Append-only."""

    __tablename__ = "bank_call"
    __table_args__ = (
        UniqueConstraint("bank_account", "external_day", "external_id"),
        Index("ix_bank_call_attempt_id_started_at", "attempt_id", "started_at"),
        Index("ix_bank_call_started_at", "started_at"),
    )

    id: UUID = Field(primary_key=True)
    bankAccount: str = Field(max_length=32, sa_column_kwargs={"name": "bank_account"})
    attemptId: UUID | None = Field(
        default=None, foreign_key="payment_attempt.id", sa_column_kwargs={"name": "attempt_id"}
    )
    operation: str = Field(max_length=32)
    httpMethod: str = Field(max_length=8, sa_column_kwargs={"name": "http_method"})
    path: str = Field(max_length=255)
    externalDay: date | None = Field(default=None, sa_column_kwargs={"name": "external_day"})
    externalId: str | None = Field(default=None, max_length=36, sa_column_kwargs={"name": "external_id"})
    requestHeaders: dict[str, str] = Field(
        sa_type=JSONB, sa_column_kwargs={"name": "request_headers", "nullable": False}
    )
    requestBody: str = Field(sa_type=Text, sa_column_kwargs={"name": "request_body"})
    responseStatus: int | None = Field(default=None, sa_column_kwargs={"name": "response_status"})
    responseBody: str | None = Field(default=None, sa_type=Text, sa_column_kwargs={"name": "response_body"})
    responseCode: str | None = Field(default=None, max_length=16, sa_column_kwargs={"name": "response_code"})
    outcome: CallOutcome = Field(sa_type=enumColumn(CallOutcome, "outcome"))
    failure: str | None = Field(default=None, max_length=255)
    startedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "started_at"})
    latencyMs: int = Field(sa_column_kwargs={"name": "latency_ms"})


class ExternalIdCounter(AdminTable, table=True):
    """The last X-EXTERNAL-ID given out on one Jakarta day."""

    __tablename__ = "external_id_counter"

    bankAccount: str = Field(primary_key=True, max_length=32, sa_column_kwargs={"name": "bank_account"})
    day: date = Field(primary_key=True)
    lastValue: int = Field(sa_column_kwargs={"name": "last_value"})
