from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysPayment.backend.domain.models.paymentTable import PaymentTable
from shared.backend.database.table import UtcDateTime, enumColumn


class InboxVerdict(StrEnum):
    VERIFIED = "verified"
    REFUSED = "refused"


class InboxState(StrEnum):
    """`received` waits to be processed; `refused` never is; `failed` gave up and has an open exception."""

    RECEIVED = "received"
    PROCESSED = "processed"
    REFUSED = "refused"
    FAILED = "failed"


class InboundToken(PaymentTable, table=True):
    """A token we issued to the bank; only its hash is kept."""

    __tablename__ = "inbound_token"
    __table_args__ = (Index("ix_inbound_token_expires_at", "expires_at"),)

    tokenHash: str = Field(primary_key=True, max_length=64, sa_column_kwargs={"name": "token_hash"})
    clientId: str = Field(max_length=64, sa_column_kwargs={"name": "client_id"})
    scope: str = Field(max_length=32)
    issuedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "issued_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "expires_at"})

    @staticmethod
    def hashOf(token: str) -> str:
        """What is kept of a token; 256 random bits are not guessed from it."""
        return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class InboxEvent(PaymentTable, table=True):
    """What the bank told us, byte for byte, kept before anything is done about it."""

    __tablename__ = "inbox_event"
    __table_args__ = (
        UniqueConstraint("bank_account", "event_key"),
        Index("ix_inbox_event_waiting", "next_try_at", postgresql_where=text("state = 'received'")),
    )

    id: UUID = Field(primary_key=True)
    bankAccount: str = Field(max_length=32, sa_column_kwargs={"name": "bank_account"})
    eventKey: str = Field(max_length=160, sa_column_kwargs={"name": "event_key"})
    kind: str = Field(max_length=32)
    path: str = Field(max_length=255)
    headers: dict[str, str] = Field(sa_type=JSONB, sa_column_kwargs={"nullable": False})
    rawBody: bytes = Field(sa_type=LargeBinary, sa_column_kwargs={"name": "raw_body"})
    verdict: InboxVerdict = Field(sa_type=enumColumn(InboxVerdict, "verdict"))
    verdictDetail: str | None = Field(default=None, max_length=255, sa_column_kwargs={"name": "verdict_detail"})
    state: InboxState = Field(sa_type=enumColumn(InboxState, "state"))
    seen: int = Field(default=1)
    firstSeenAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "first_seen_at"})
    lastSeenAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "last_seen_at"})
    tries: int = Field(default=0)
    nextTryAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "next_try_at"})
    processedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "processed_at"})
    failure: str | None = Field(default=None, max_length=255)
