from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId

REMEMBERED_FOR: Final = timedelta(days=400)


class AdministratorDevice(AdminTable, table=True):
    """A browser an administrator has signed in with before, known by the SHA-256 of a secret in its cookie."""

    __tablename__ = "administrator_device"

    id: UUID = Field(primary_key=True)
    administratorId: UUID = Field(
        foreign_key="administrator.id", ondelete="CASCADE", index=True, sa_column_kwargs={"name": "administrator_id"}
    )
    tokenHash: str = Field(max_length=64, unique=True, repr=False, sa_column_kwargs={"name": "token_hash"})
    label: str = Field(max_length=100)
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    lastUsedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "last_used_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, index=True, sa_column_kwargs={"name": "expires_at"})

    @classmethod
    def remember(cls, administratorId: UUID, tokenHash: str, label: str, at: datetime) -> Self:
        return cls(
            id=generateId(),
            administratorId=administratorId,
            tokenHash=tokenHash,
            label=label,
            createdAt=at,
            lastUsedAt=at,
            expiresAt=at + REMEMBERED_FOR,
        )
