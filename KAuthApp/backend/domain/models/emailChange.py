from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.authTable import AuthTable
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.userKey import UserKey
from KAuthApp.backend.domain.policies.emailChangePolicy import EmailChangePolicy
from shared.backend.database.table import UtcDateTime, personalColumn
from shared.backend.utils.uuid import generateId


class EmailChange(AuthTable, table=True):
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

    @classmethod
    def ask(
        cls,
        key: UserKey,
        sealer: PersonalSealerInterface,
        old: EmailAddress,
        new: EmailAddress,
        policy: EmailChangePolicy,
        at: datetime,
    ) -> Self:
        changeId = generateId()
        return cls(
            id=changeId,
            userId=key.userId,
            newEmailSealed=sealer.seal(key, new.asGiven, f"emailChange:{changeId}:new"),
            oldEmailSealed=sealer.seal(key, old.asGiven, f"emailChange:{changeId}:old"),
            createdAt=at,
            expiresAt=policy.expiry(at),
        )

    def newEmail(self, key: UserKey, sealer: PersonalSealerInterface) -> EmailAddress:
        return _opened(sealer.unseal(key, self.newEmailSealed, f"emailChange:{self.id}:new"))

    def oldEmail(self, key: UserKey, sealer: PersonalSealerInterface) -> EmailAddress:
        return _opened(sealer.unseal(key, self.oldEmailSealed, f"emailChange:{self.id}:old"))

    def isOpen(self, at: datetime) -> bool:
        return self.appliedAt is None and self.voidedAt is None and at < self.expiresAt

    def isRevertible(self, at: datetime) -> bool:
        return self.revertedAt is None and self.revertUntil is not None and at < self.revertUntil

    def apply(self, policy: EmailChangePolicy, at: datetime) -> None:
        """From now on it can be taken back, once its link has been mailed."""
        self.appliedAt, self.revertUntil = at, policy.revertEnd(at)


def _opened(address: str | None) -> EmailAddress:
    if address is None:
        raise ValueError("the addresses of a change are sealed with the key its person has")
    return EmailAddress.parse(address)
