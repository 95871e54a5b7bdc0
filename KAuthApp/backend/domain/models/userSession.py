from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.authTable import AuthTable
from KAuthApp.backend.domain.models.userKey import UserKey
from KAuthApp.backend.domain.policies.devicePolicy import describeDevice
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from shared.backend.database.table import UtcDateTime, enumColumn, personalColumn
from shared.backend.utils.uuid import generateId
from shared.backend.utils.valueObject import ValueObject

MAX_USER_AGENT_LENGTH = 400


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


class Device(ValueObject):
    """Where a sign-in came from, as far as it told."""

    ip: str | None = None
    userAgent: str = ""
    secrets: tuple[SecretStr, ...] = Field(default=(), exclude=True, repr=False)
    """What its browser kept of earlier sign-ins; never stored."""
    sessionHash: str | None = Field(default=None, exclude=True, repr=False)
    """The hash of the session's secret that its browser shows, whether or not there is such a session; never stored."""

    @property
    def shortened(self) -> Self:
        """What of it is kept."""
        return self.model_copy(update={"userAgent": self.userAgent[:MAX_USER_AGENT_LENGTH]})


class UserSession(AuthTable, table=True):
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

    @classmethod
    def open(
        cls,
        userId: UUID,
        client: SessionClient,
        secretHash: str | None,
        device: Device,
        authMethods: Sequence[str],
        policy: SessionPolicy,
        at: datetime,
    ) -> Self:
        """A session that begins now; a browser's needs the hash of its secret, an API client's has none."""
        if (client == SessionClient.BROWSER) != (secretHash is not None):
            raise ValueError("a browser session has a secret, an API session has tokens")
        expiresAt = policy.absoluteEnd(at, authMethods)
        return cls(
            id=generateId(),
            userId=userId,
            client=SessionClient(client),
            secretHash=secretHash,
            authMethods=list(authMethods),
            createdAt=at,
            authenticatedAt=at,
            lastSeenAt=at,
            idleExpiresAt=policy.idleEnd(at, expiresAt, authMethods),
            expiresAt=expiresAt,
            deviceLabel=describeDevice(device.userAgent),
        )

    @property
    def validUntil(self) -> datetime:
        """The moment it ends by itself if nobody uses it."""
        return min(self.idleExpiresAt, self.expiresAt)

    def keepDevice(self, device: Device, key: UserKey, sealer: PersonalSealerInterface) -> None:
        """Address and program, for the person's eyes: sealed with the person's key."""
        self.deviceSealed = sealer.seal(key, device.shortened.model_dump_json(), self._devicePurpose)

    def deviceKept(self, key: UserKey | None, sealer: PersonalSealerInterface) -> Device:
        """Where it came from; nothing when that was not kept, or its key is gone."""
        if self.deviceSealed is None or key is None:
            return Device()
        text = sealer.unseal(key, self.deviceSealed, self._devicePurpose)
        return Device() if text is None else Device.model_validate_json(text)

    @property
    def _devicePurpose(self) -> str:
        return f"session:{self.id}:device"

    def isLive(self, at: datetime) -> bool:
        return self.endedAt is None and at < self.validUntil

    def end(self, reason: SessionEndReason, at: datetime) -> None:
        """The first end counts; a later one changes nothing."""
        if self.endedAt is not None:
            return
        self.endedAt, self.endReason = at, reason

    def touch(self, policy: SessionPolicy, at: datetime) -> None:
        """It was used: the idle end moves on, never beyond the absolute one."""
        self.lastSeenAt = at
        self.idleExpiresAt = policy.idleEnd(at, self.expiresAt, self.authMethods)

    def reauthenticate(self, method: str, policy: SessionPolicy, at: datetime) -> None:
        """Who uses it has shown again, by this method, that it is them. It never lives longer for it."""
        self.authenticatedAt = at
        self.authMethods = list(dict.fromkeys((*self.authMethods, method)))
        self.expiresAt = min(self.expiresAt, policy.absoluteEnd(at, self.authMethods))
        self.idleExpiresAt = policy.idleEnd(at, self.expiresAt, self.authMethods)

    def rotate(self, secretHash: str) -> str:
        """Go on under another secret; the hash of the one that is no longer good."""
        if self.secretHash is None:
            raise ValueError("only a browser session has a secret")
        retired, self.secretHash = self.secretHash, secretHash
        return retired
