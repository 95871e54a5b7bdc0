from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from KAuthApp.backend.domain.models.authTable import AuthTable
from KAuthApp.backend.domain.policies.apiKeyPolicy import SHOWN_CHARACTERS, ApiKeyPolicy
from KAuthApp.backend.domain.policies.apiScope import ApiScope
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId


class ApiKey(AuthTable, table=True):
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

    @classmethod
    def issue(
        cls,
        userId: UUID,
        name: str,
        secret: str,
        secretHash: str,
        scopes: Sequence[ApiScope],
        expiresAt: datetime | None,
        policy: ApiKeyPolicy,
        at: datetime,
    ) -> Self:
        """A key that begins now; its first characters are kept, so that its owner knows it again."""
        policy.ensureAhead(expiresAt, at)
        return cls(
            id=generateId(),
            userId=userId,
            name=name,
            prefix=secret[:SHOWN_CHARACTERS],
            secretHash=secretHash,
            scopes=sorted({ApiScope(each).value for each in scopes}),
            createdAt=at,
            expiresAt=expiresAt,
        )

    def revoke(self, at: datetime) -> bool:
        """False when it was revoked before; the first time counts."""
        if self.revokedAt is not None:
            return False
        self.revokedAt = at
        return True

    @property
    def facts(self) -> dict[str, JsonValue]:
        """What the audit trail keeps of it."""
        expiresAt = None if self.expiresAt is None else self.expiresAt.isoformat()
        return {"prefix": self.prefix, "scopes": [*self.scopes], "expiresAt": expiresAt}
