from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime


class UserKey(AdminTable, table=True):
    """The key that seals what is personal of one person, itself sealed. Without this row it never opens again."""

    __tablename__ = "user_key"

    userId: UUID = Field(
        primary_key=True, foreign_key="user_account.id", ondelete="CASCADE", sa_column_kwargs={"name": "user_id"}
    )
    keySealed: str = Field(max_length=255, repr=False, sa_column_kwargs={"name": "key_sealed"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
