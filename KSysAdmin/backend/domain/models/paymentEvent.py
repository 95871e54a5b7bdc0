from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime


class PaymentEvent(AdminTable, table=True):
    """One change of a payment, written by a trigger in the transaction that made it.

    `feedPosition` is given after the commit, by one writer at a time: a reader that follows it misses nothing.
    """

    __tablename__ = "payment_event"
    __table_args__ = (
        UniqueConstraint("payment_id", "sequence"),
        UniqueConstraint("feed_position"),
        Index("ix_payment_event_owner_id_feed_position", "owner_id", "feed_position"),
        Index("ix_payment_event_unplaced", "ordinal", postgresql_where=text("feed_position IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    ordinal: int = Field(sa_type=BigInteger, sa_column_args=[Identity(always=True)])
    ownerId: UUID = Field(sa_column_kwargs={"name": "owner_id"})
    paymentId: UUID = Field(foreign_key="payment.id", sa_column_kwargs={"name": "payment_id"})
    sequence: int
    type: str = Field(max_length=48)
    fromStatus: str | None = Field(default=None, max_length=40, sa_column_kwargs={"name": "from_status"})
    toStatus: str = Field(max_length=40, sa_column_kwargs={"name": "to_status"})
    payload: dict[str, JsonValue] = Field(sa_type=JSONB, sa_column_kwargs={"nullable": False})
    occurredAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "occurred_at"})
    feedPosition: int | None = Field(default=None, sa_type=BigInteger, sa_column_kwargs={"name": "feed_position"})


class PaymentFeedHead(AdminTable, table=True):
    """One row: the position given last. Its lock makes the order of positions the order of commits."""

    __tablename__ = "payment_feed_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    lastPosition: int = Field(sa_type=BigInteger, sa_column_kwargs={"name": "last_position"})
