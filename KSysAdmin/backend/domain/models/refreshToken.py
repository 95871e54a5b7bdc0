from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime


class RefreshToken(AdminTable, table=True):
    """One link in the chain of an API client's session; the session is the family.

    The successor's text is kept, sealed, only while the same successor may still be handed out again.
    """

    __tablename__ = "refresh_token"
    __table_args__ = (
        Index(None, "session_id"),
        Index(None, "successor_id"),
        Index("ix_refresh_token_used_at_sealed", "used_at", postgresql_where=text("successor_sealed IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    sessionId: UUID = Field(foreign_key="user_session.id", ondelete="CASCADE", sa_column_kwargs={"name": "session_id"})
    tokenHash: str = Field(max_length=64, unique=True, repr=False, sa_column_kwargs={"name": "token_hash"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    usedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "used_at"})
    successorId: UUID | None = Field(default=None, sa_column_kwargs={"name": "successor_id"})
    successorSealed: str | None = Field(
        default=None, max_length=255, repr=False, sa_column_kwargs={"name": "successor_sealed"}
    )
