from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId


class AdministratorInvitation(AdminTable, table=True):
    """A one-time link, known only by its SHA-256: who is invited chooses the password with it, and who has one makes
    a browser known.
    """

    __tablename__ = "administrator_invitation"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: UUID = Field(primary_key=True)
    administratorId: UUID = Field(
        foreign_key="administrator.id", ondelete="CASCADE", index=True, sa_column_kwargs={"name": "administrator_id"}
    )
    tokenHash: str = Field(max_length=64, sa_column_kwargs={"name": "token_hash"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "expires_at"})
    usedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "used_at"})

    @classmethod
    def open(cls, administratorId: UUID, tokenHash: str, at: datetime, expiresAt: datetime) -> Self:
        return cls(
            id=generateId(), administratorId=administratorId, tokenHash=tokenHash, createdAt=at, expiresAt=expiresAt
        )
