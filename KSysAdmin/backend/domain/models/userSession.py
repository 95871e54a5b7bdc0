from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from KSysAdmin.backend.domain.models.adminTable import AdminTable
from KSysAdmin.backend.domain.models.userKey import UserKey
from shared.backend.database.table import UtcDateTime, enumColumn, personalColumn
from shared.backend.utils.valueObject import ValueObject


class SessionClient(StrEnum):
    """What signed in: a browser with a cookie, or a program with tokens."""

    BROWSER = "browser"
    API = "api"


class SessionEndReason(StrEnum):
    """Why a session is over."""

    LOGOUT = "logout"
    REVOKED_BY_USER = "revokedByUser"
    REVOKED_BY_ADMINISTRATOR = "revokedByAdministrator"
    PASSWORD_CHANGED = "passwordChanged"  # noqa: S105 - a reason, not a password
    PASSWORD_RESET = "passwordReset"  # noqa: S105 - a reason, not a password
    SUSPENDED = "suspended"
    REFRESH_REUSED = "refreshReused"
    FACTOR_CHANGED = "factorChanged"
    PASSWORD_GUESSED = "passwordGuessed"  # noqa: S105 - a reason, not a password
    EMAIL_CHANGED = "emailChanged"
    ERASED = "erased"


class SessionDevice(ValueObject):
    """Where a session came from, as far as it told and somebody may still know."""

    ip: str | None = None
    userAgent: str | None = None


class UserSession(AdminTable, table=True):
    """One sign-in of one person. Live while `endedAt` is null and neither end has come.

    A browser's session is known by the hash of its cookie's secret; an API client's by the tokens of its family.
    """

    __tablename__ = "user_session"
    __table_args__ = (
        Index(None, "user_id", "ended_at"),
        Index(None, "expires_at"),
    )

    id: UUID = Field(primary_key=True)
    userId: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE", sa_column_kwargs={"name": "user_id"})
    client: SessionClient = Field(sa_type=enumColumn(SessionClient, "client"))
    secretHash: str | None = Field(
        default=None, max_length=64, unique=True, repr=False, sa_column_kwargs={"name": "secret_hash"}
    )
    authMethods: list[str] = Field(sa_type=ARRAY(String(40)), sa_column_kwargs={"name": "auth_methods"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    authenticatedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "authenticated_at"})
    lastSeenAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "last_seen_at"})
    idleExpiresAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "idle_expires_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "expires_at"})
    endedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "ended_at"})
    endReason: SessionEndReason | None = Field(
        default=None, sa_type=enumColumn(SessionEndReason, "end_reason"), sa_column_kwargs={"name": "end_reason"}
    )
    deviceSealed: str | None = Field(
        default=None, max_length=2400, repr=False, sa_column_kwargs=personalColumn("device_sealed")
    )
    deviceLabel: str = Field(max_length=100, sa_column_kwargs={"name": "device_label"})

    def device(self, key: UserKey | None, opener: PersonalOpenerInterface) -> SessionDevice:
        """Nothing when it was not kept, or its key is gone."""
        if self.deviceSealed is None or key is None:
            return SessionDevice()
        text = opener.open(key, self.deviceSealed, f"session:{self.id}:device")
        return SessionDevice() if text is None else SessionDevice.model_validate_json(text)
