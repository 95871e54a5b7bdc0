from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime


class UserRecoveryCode(AdminTable, table=True):
    """One of ten codes that each stand in for a lost factor once; known only by its SHA-256."""

    __tablename__ = "user_recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: UUID = Field(primary_key=True)
    userId: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE", sa_column_kwargs={"name": "user_id"})
    codeHash: str = Field(max_length=64, repr=False, sa_column_kwargs={"name": "code_hash"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    usedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "used_at"})
