from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Column, Computed, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlmodel import Field

from KAuthApp.backend.domain.exceptions.authErrors import (
    EmailNotVerifiedError,
    InvalidCredentialsError,
    PasswordRequiredError,
)
from KAuthApp.backend.domain.models.authTable import AuthTable
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from shared.backend.database.table import UtcDateTime, enumColumn, personalColumn
from shared.backend.utils.uuid import generateId

MAX_NAME_LENGTH = 200

# What an administrator finds an account by: every word of address and name, and the whole address after an `@`, where
# it is in no other word's way. Kept by PostgreSQL and never loaded.
SEARCH_WORDS: Final = (
    "array_to_tsvector(array_remove(array_append(regexp_split_to_array("
    "lower(email || ' ' || coalesce(full_name, '')), '[^[:alnum:]]+'), '@' || lower(email)), ''))"
)


class UserStatus(StrEnum):
    """Where an account stands."""

    PENDING_VERIFICATION = "pendingVerification"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class UserLocale(StrEnum):
    """The languages mails are written in."""

    EN = "en"
    ID = "id"


class UserAccount(AuthTable, table=True):
    """A person who may sign in. `email` is the normalised address, unique over all accounts."""

    __tablename__ = "user_account"
    __table_args__ = (
        Column("search_words", TSVECTOR, Computed(SEARCH_WORDS, persisted=True)),
        Index(None, "created_at", "id"),
        Index(None, "status", "created_at", "id"),
        Index(None, "search_words", "roles", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )
    __mapper_args__: ClassVar[dict[str, object]] = {"exclude_properties": ["search_words"]}

    id: UUID = Field(primary_key=True)
    email: str = Field(max_length=254, unique=True, sa_column_kwargs=personalColumn("email", searched=True))
    emailAsGiven: str = Field(max_length=254, sa_column_kwargs=personalColumn("email_as_given", searched=True))
    fullName: str | None = Field(
        default=None, max_length=200, sa_column_kwargs=personalColumn("full_name", searched=True)
    )
    locale: UserLocale = Field(sa_type=enumColumn(UserLocale, "locale"))
    passwordHash: str = Field(max_length=255, repr=False, sa_column_kwargs={"name": "password_hash"})
    passwordChangedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "password_changed_at"})
    status: UserStatus = Field(sa_type=enumColumn(UserStatus, "status"))
    emailVerifiedAt: datetime | None = Field(
        default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "email_verified_at"}
    )
    isContested: bool = Field(default=False, sa_column_kwargs={"name": "is_contested", "server_default": text("false")})
    passkeyHandle: bytes | None = Field(
        default=None, sa_type=LargeBinary, unique=True, repr=False, sa_column_kwargs={"name": "passkey_handle"}
    )
    suspendedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "suspended_at"})
    suspendedReason: str | None = Field(default=None, max_length=500, sa_column_kwargs={"name": "suspended_reason"})
    roles: list[str] = Field(
        default_factory=list, sa_type=ARRAY(String(64)), sa_column_kwargs={"server_default": text("'{}'")}
    )
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    updatedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "updated_at"})
    lastLoginAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "last_login_at"})

    @classmethod
    def register(
        cls, email: EmailAddress, passwordHash: str, fullName: str | None, locale: UserLocale, at: datetime
    ) -> Self:
        """A new account whose address is not proven yet."""
        return cls(
            id=generateId(),
            email=email.normalised,
            emailAsGiven=email.asGiven,
            fullName=fullName or None,
            locale=UserLocale(locale),
            passwordHash=passwordHash,
            passwordChangedAt=at,
            status=UserStatus.PENDING_VERIFICATION,
            createdAt=at,
            updatedAt=at,
        )

    @property
    def isPending(self) -> bool:
        return self.status == UserStatus.PENDING_VERIFICATION

    @property
    def isActive(self) -> bool:
        return self.status == UserStatus.ACTIVE

    def ensureMaySignIn(self, provenHash: str) -> None:
        """Refuse unless the account is active and still has the password that was proven.

        A suspended account answers as a wrong password does; only who knows the password learns that it is unverified.
        """
        if self.status == UserStatus.SUSPENDED or self.passwordHash != provenHash:
            raise InvalidCredentialsError
        if self.isPending:
            raise EmailNotVerifiedError

    def renewRegistration(self, registration: UserAccount, isContested: bool) -> None:
        """While the address is unproven the latest registration counts: whoever squatted on it before loses it."""
        self.isContested = self.isContested or isContested
        self.emailAsGiven = registration.emailAsGiven
        self.fullName = registration.fullName
        self.locale = registration.locale
        self.passwordHash = registration.passwordHash
        self.passwordChangedAt = registration.passwordChangedAt
        self.updatedAt = registration.updatedAt

    def ensureUncontested(self, hasPassword: bool) -> None:
        """PasswordRequiredError when several registered the address and its owner has not said which password holds."""
        if self.isContested and not hasPassword:
            raise PasswordRequiredError

    def confirmEmail(self, at: datetime) -> None:
        """The address is proven. A suspended account stays suspended."""
        self.emailVerifiedAt = self.emailVerifiedAt or at
        self.updatedAt = at
        self.isContested = False
        if self.isPending:
            self.status = UserStatus.ACTIVE

    def moveTo(self, email: EmailAddress, at: datetime) -> None:
        """Another address, which has just been proven."""
        self.email, self.emailAsGiven = email.normalised, email.asGiven
        self.emailVerifiedAt, self.updatedAt = at, at

    def changePassword(self, passwordHash: str, at: datetime) -> None:
        self.passwordHash = passwordHash
        self.passwordChangedAt = at
        self.updatedAt = at

    def recordSignIn(self, at: datetime) -> None:
        self.lastLoginAt = at

    def rehash(self, passwordHash: str) -> None:
        """The same password under today's parameters: nothing that rests on it ends."""
        self.passwordHash = passwordHash

    def changeProfile(self, fullName: str | None, locale: UserLocale | None, at: datetime) -> None:
        """None leaves a field as it is; an empty name takes the name away."""
        self.fullName = self.fullName if fullName is None else fullName or None
        self.locale = locale or self.locale
        self.updatedAt = at

    def givePasskeyHandle(self, random: bytes) -> bytes:
        """What authenticators know this account by: given once, since a passkey keeps it for ever."""
        self.passkeyHandle = self.passkeyHandle or random
        return self.passkeyHandle

    @property
    def profileFacts(self) -> dict[str, JsonValue]:
        """What the audit trail keeps of the profile: no personal data."""
        return {"locale": str(self.locale.value), "hasFullName": self.fullName is not None}

    @property
    def ownWords(self) -> tuple[str, ...]:
        """Words a guesser would try first for this person."""
        return (self.email, *(self.fullName or "").split())
