from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from KAuthApp.backend.domain.models.authTable import AuthTable
from KAuthApp.backend.domain.policies.refreshPolicy import RefreshPolicy
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId


class RefreshToken(AuthTable, table=True):
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

    @classmethod
    def issue(cls, sessionId: UUID, tokenHash: str, at: datetime) -> Self:
        return cls(id=generateId(), sessionId=sessionId, tokenHash=tokenHash, createdAt=at)

    @property
    def isUsed(self) -> bool:
        return self.usedAt is not None

    def use(self, successor: RefreshToken, successorSealed: str, at: datetime) -> None:
        """Give way to the successor; its sealed text stays for those who ask again in time."""
        if self.isUsed:
            raise ValueError("a refresh token is used once")
        self.usedAt, self.successorId, self.successorSealed = at, successor.id, successorSealed

    def forgetSuccessor(self) -> None:
        """The successor was used: from now on asking with this token again is theft."""
        self.successorSealed = None

    def repeatable(self, policy: RefreshPolicy, at: datetime) -> str | None:
        """The sealed successor, when the same one may be handed out again; None when this is a reuse."""
        if self.usedAt is None or not policy.mayRepeat(self.usedAt, at):
            return None
        return self.successorSealed
