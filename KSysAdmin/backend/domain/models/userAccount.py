from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import Column, Computed, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime, enumColumn, personalColumn

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


class UserAccount(AdminTable, table=True):
    """A person who may sign in at the public server. `email` is the normalised address, unique over all accounts."""

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
