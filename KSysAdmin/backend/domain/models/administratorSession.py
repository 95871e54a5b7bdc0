from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.clientNetwork import networkOf
from shared.backend.utils.uuid import generateId


class AdministratorSession(AdminTable, table=True):
    """One signed-in browser of one administrator; the secret is known only by its SHA-256."""

    __tablename__ = "administrator_session"
    __table_args__ = (UniqueConstraint("secret_hash"), Index(None, "administrator_id", "client_network"))

    id: UUID = Field(primary_key=True)
    administratorId: UUID = Field(
        foreign_key="administrator.id", ondelete="CASCADE", index=True, sa_column_kwargs={"name": "administrator_id"}
    )
    secretHash: str = Field(max_length=64, sa_column_kwargs={"name": "secret_hash"})
    secondFactor: str = Field(max_length=20, sa_column_kwargs={"name": "second_factor"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    lastSeenAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "last_seen_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "expires_at"})
    endedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "ended_at"})
    clientAddress: str = Field(max_length=64, sa_column_kwargs={"name": "client_address"})
    clientNetwork: str | None = Field(default=None, max_length=43, sa_column_kwargs={"name": "client_network"})
    userAgent: str = Field(max_length=300, sa_column_kwargs={"name": "user_agent"})

    @classmethod
    def open(
        cls,
        administratorId: UUID,
        secretHash: str,
        secondFactor: str,
        clientAddress: str,
        userAgent: str,
        policy: AdminSessionPolicy,
        at: datetime,
    ) -> Self:
        return cls(
            id=generateId(),
            administratorId=administratorId,
            secretHash=secretHash,
            secondFactor=secondFactor,
            createdAt=at,
            lastSeenAt=at,
            expiresAt=at + timedelta(hours=policy.absoluteHours),
            clientAddress=clientAddress[:64],
            clientNetwork=networkOf(clientAddress),
            userAgent=userAgent[:300],
        )

    def succeededBy(self, secretHash: str, secondFactor: str, at: datetime) -> Self:
        """The same browser after it has proved itself again: another secret, the same end. This one is over."""
        self.endedAt = at
        return type(self)(
            id=generateId(),
            administratorId=self.administratorId,
            secretHash=secretHash,
            secondFactor=secondFactor,
            createdAt=at,
            lastSeenAt=at,
            expiresAt=self.expiresAt,
            clientAddress=self.clientAddress,
            clientNetwork=self.clientNetwork,
            userAgent=self.userAgent,
        )

    def idleAt(self, policy: AdminSessionPolicy) -> datetime:
        """When this session ends if nothing more is heard of it."""
        return min(self.lastSeenAt + timedelta(minutes=policy.idleMinutes), self.expiresAt)

    def isLive(self, policy: AdminSessionPolicy, at: datetime) -> bool:
        return self.endedAt is None and at < self.idleAt(policy)
