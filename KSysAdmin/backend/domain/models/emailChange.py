from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime, personalColumn


class EmailChange(AdminTable, table=True):
    """An account that moves to another address, when codes from both have come; for a while it can be taken back.

    A user has at most one that waits. Both addresses are sealed with the user's key.
    """

    __tablename__ = "email_change"
    __table_args__ = (
        Index(
            "uq_email_change_user_id_open",
            "user_id",
            unique=True,
            postgresql_where=text("applied_at IS NULL AND voided_at IS NULL"),
        ),
        Index(None, "user_id"),
        Index("ix_email_change_over", text("coalesce(revert_until, expires_at)")),
    )

    id: UUID = Field(primary_key=True)
    userId: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE", sa_column_kwargs={"name": "user_id"})
    newEmailSealed: str = Field(max_length=700, repr=False, sa_column_kwargs=personalColumn("new_email_sealed"))
    oldEmailSealed: str = Field(max_length=700, repr=False, sa_column_kwargs=personalColumn("old_email_sealed"))
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "expires_at"})
    appliedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "applied_at"})
    voidedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "voided_at"})
    revertHash: str | None = Field(
        default=None, max_length=64, unique=True, repr=False, sa_column_kwargs={"name": "revert_hash"}
    )
    revertUntil: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "revert_until"})
    revertedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "reverted_at"})
