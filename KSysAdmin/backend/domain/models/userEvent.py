from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime


class UserEvent(AdminTable, table=True):
    """One change of a user, written by a trigger in the transaction that made it; it holds no personal data.

    `feedPosition` is given after the commit, by one writer at a time: a reader that follows it misses nothing.
    """

    __tablename__ = "user_event"
    __table_args__ = (
        UniqueConstraint("feed_position"),
        Index(None, "user_id"),
        Index("ix_user_event_unplaced", "ordinal", postgresql_where=text("feed_position IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    ordinal: int = Field(sa_type=BigInteger, sa_column_args=[Identity(always=True)])
    userId: UUID = Field(sa_column_kwargs={"name": "user_id"})
    type: str = Field(max_length=48)
    payload: dict[str, JsonValue] = Field(sa_type=JSONB, sa_column_kwargs={"nullable": False})
    occurredAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "occurred_at"})
    feedPosition: int | None = Field(default=None, sa_type=BigInteger, sa_column_kwargs={"name": "feed_position"})


class UserFeedHead(AdminTable, table=True):
    """One row: the position given last. Its lock makes the order of positions the order of commits."""

    __tablename__ = "user_feed_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    lastPosition: int = Field(sa_type=BigInteger, sa_column_kwargs={"name": "last_position"})
