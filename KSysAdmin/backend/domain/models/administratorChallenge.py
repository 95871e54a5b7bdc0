from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime, enumColumn
from shared.backend.utils.uuid import generateId

MOST_TRIES = 5


class ChallengeKind(StrEnum):
    ENROLLMENT = "enrollment"
    SECOND_FACTOR = "secondFactor"
    PASSKEY_REGISTRATION = "passkeyRegistration"
    PASSKEY_ASSERTION = "passkeyAssertion"


class AdministratorChallenge(AdminTable, table=True):
    """A sign-in half done: the password was right, the second factor is still owed. Spent once, tried a few times.

    Also what a passkey is asked to sign, known by the hash of that and of the sign-in or session it was made for.
    """

    __tablename__ = "administrator_challenge"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: UUID = Field(primary_key=True)
    administratorId: UUID = Field(
        foreign_key="administrator.id", ondelete="CASCADE", index=True, sa_column_kwargs={"name": "administrator_id"}
    )
    kind: ChallengeKind = Field(sa_type=enumColumn(ChallengeKind, "kind"))
    tokenHash: str = Field(max_length=64, sa_column_kwargs={"name": "token_hash"})
    tries: int = Field(default=0)
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, index=True, sa_column_kwargs={"name": "expires_at"})
    spentAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "spent_at"})

    @classmethod
    def open(
        cls, administratorId: UUID, kind: ChallengeKind, tokenHash: str, at: datetime, expiresAt: datetime
    ) -> Self:
        return cls(
            id=generateId(),
            administratorId=administratorId,
            kind=kind,
            tokenHash=tokenHash,
            createdAt=at,
            expiresAt=expiresAt,
        )
