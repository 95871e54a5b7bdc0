from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from KSysAdmin.backend.domain.exceptions.administratorErrors import (
    AdministratorNotSuspendedError,
    AdministratorSuspendedError,
)
from KSysAdmin.backend.domain.models.adminTable import AdminTable
from KSysAdmin.backend.domain.policies.emailAddress import normaliseEmail
from shared.backend.database.table import UtcDateTime, enumColumn
from shared.backend.utils.uuid import generateId


class AdministratorStatus(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class AdministratorLocale(StrEnum):
    """The languages mails are written in."""

    EN = "en"
    ID = "id"


class Administrator(AdminTable, table=True):
    """Someone who may operate the platform. Invited without a password until the one-time link is used."""

    __tablename__ = "administrator"
    __table_args__ = (UniqueConstraint("email"),)

    id: UUID = Field(primary_key=True)
    email: str = Field(max_length=254)
    status: AdministratorStatus = Field(sa_type=enumColumn(AdministratorStatus, "status"))
    passwordHash: str | None = Field(default=None, max_length=300, sa_column_kwargs={"name": "password_hash"})
    passkeyHandle: bytes | None = Field(
        default=None, sa_type=LargeBinary, unique=True, repr=False, sa_column_kwargs={"name": "passkey_handle"}
    )
    failuresInARow: int = Field(default=0, sa_column_kwargs={"name": "failures_in_a_row"})
    locale: AdministratorLocale = Field(
        default=AdministratorLocale.EN,
        sa_type=enumColumn(AdministratorLocale, "locale"),
        sa_column_kwargs={"server_default": text("'en'")},
    )
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    updatedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "updated_at"})
    lastLoginAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "last_login_at"})

    @classmethod
    def invite(cls, email: str, at: datetime, locale: AdministratorLocale = AdministratorLocale.EN) -> Self:
        return cls(
            id=generateId(),
            email=normaliseEmail(email),
            status=AdministratorStatus.INVITED,
            locale=locale,
            createdAt=at,
            updatedAt=at,
        )

    @property
    def canSignIn(self) -> bool:
        return self.status is AdministratorStatus.ACTIVE and self.passwordHash is not None

    def activate(self, passwordHash: str, at: datetime) -> None:
        """From now on this password signs in (together with a second factor)."""
        self.passwordHash = passwordHash
        self.status = AdministratorStatus.ACTIVE
        self.failuresInARow = 0
        self.updatedAt = at

    def changePassword(self, passwordHash: str, at: datetime) -> None:
        """Nobody has failed at the new one yet."""
        self.passwordHash = passwordHash
        self.failuresInARow = 0
        self.updatedAt = at

    def inviteAgain(self, at: datetime) -> None:
        """Nothing that was known signs in any more; a new one-time link starts over."""
        self.passwordHash = None
        self.status = AdministratorStatus.INVITED
        self.updatedAt = at

    def suspend(self, at: datetime) -> None:
        if self.status is AdministratorStatus.SUSPENDED:
            raise AdministratorSuspendedError(f"administrator {self.id} is suspended already")
        self.status, self.updatedAt = AdministratorStatus.SUSPENDED, at

    def reactivate(self, at: datetime) -> None:
        """Back to where it stood: who never chose a password still has to."""
        if self.status is not AdministratorStatus.SUSPENDED:
            raise AdministratorNotSuspendedError(f"administrator {self.id} is not suspended")
        self.status = AdministratorStatus.INVITED if self.passwordHash is None else AdministratorStatus.ACTIVE
        self.updatedAt = at

    def rehash(self, passwordHash: str) -> None:
        self.passwordHash = passwordHash

    def gavePassword(self) -> None:
        """The try that was counted before the password was looked at has not failed."""
        self.failuresInARow = max(0, self.failuresInARow - 1)

    def signedIn(self, at: datetime) -> None:
        """Forgives what failed before, the first time of a day (UTC): coming and going gives guessers no new tries."""
        if self.lastLoginAt is None or self.lastLoginAt.date() < at.date():
            self.failuresInARow = 0
        self.lastLoginAt = at

    def givePasskeyHandle(self, random: bytes) -> bytes:
        """What authenticators know this account by: given once, since a passkey keeps it for ever."""
        self.passkeyHandle = self.passkeyHandle or random
        return self.passkeyHandle
