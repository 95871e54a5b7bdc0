from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime


class ApiKey(AdminTable, table=True):
    """What a program of a user shows instead of a sign-in. Only the hash of its secret is kept."""

    __tablename__ = "api_key"
    __table_args__ = (Index(None, "user_id", "created_at"),)

    id: UUID = Field(primary_key=True)
    userId: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE", sa_column_kwargs={"name": "user_id"})
    name: str = Field(max_length=100)
    prefix: str = Field(max_length=20)
    secretHash: str = Field(max_length=64, unique=True, repr=False, sa_column_kwargs={"name": "secret_hash"})
    scopes: list[str] = Field(sa_type=ARRAY(String(60)))
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    expiresAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "expires_at"})
    lastUsedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "last_used_at"})
    revokedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "revoked_at"})

    def revoke(self, at: datetime) -> bool:
        """False when it was revoked before; the first time counts."""
        if self.revokedAt is not None:
            return False
        self.revokedAt = at
        return True
