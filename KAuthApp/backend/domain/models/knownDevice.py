from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlmodel import Field

from KAuthApp.backend.domain.models.authTable import AuthTable
from KAuthApp.backend.domain.policies.knownDevicePolicy import KnownDevicePolicy
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId


class KnownDevice(AuthTable, table=True):
    """A browser that has signed in to this account before, known by the hash of a secret in its cookie."""

    __tablename__ = "known_device"

    id: UUID = Field(primary_key=True)
    userId: UUID = Field(
        foreign_key="user_account.id", ondelete="CASCADE", index=True, sa_column_kwargs={"name": "user_id"}
    )
    tokenHash: str = Field(max_length=64, unique=True, repr=False, sa_column_kwargs={"name": "token_hash"})
    label: str = Field(max_length=100)
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    lastUsedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "last_used_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, index=True, sa_column_kwargs={"name": "expires_at"})

    @classmethod
    def remember(cls, userId: UUID, tokenHash: str, label: str, policy: KnownDevicePolicy, at: datetime) -> Self:
        """This browser has just signed in."""
        return cls(
            id=generateId(),
            userId=userId,
            tokenHash=tokenHash,
            label=label,
            createdAt=at,
            lastUsedAt=at,
            expiresAt=policy.expiry(at),
        )
