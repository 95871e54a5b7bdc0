from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from KSysAdmin.backend.domain.interfaces.userRepositoryInterface import UserFactors
from KSysAdmin.backend.domain.models.userAccount import UserAccount, UserLocale, UserStatus
from KSysAdmin.backend.domain.models.userKey import UserKey
from KSysAdmin.backend.domain.models.userSession import SessionClient, SessionDevice, UserSession
from shared.backend.utils.apiModel import OutputModel, Timestamp


class UserOutput(OutputModel):
    """One account in a list."""

    id: UUID
    email: str
    emailVerified: bool
    fullName: str | None
    locale: UserLocale
    status: UserStatus
    roles: list[str]
    createdAt: Timestamp
    lastLoginAt: Timestamp | None
    suspendedAt: Timestamp | None
    suspendedReason: str | None

    @classmethod
    def fromUser(cls, user: UserAccount) -> UserOutput:
        return cls.model_validate(_facts(user))


class UserSessionOutput(OutputModel):
    id: UUID
    client: SessionClient
    createdAt: Timestamp
    lastSeenAt: Timestamp
    expiresAt: Timestamp
    ip: str | None
    userAgent: str | None
    deviceLabel: str
    authMethods: list[str]

    @classmethod
    def of(cls, session: UserSession, key: UserKey | None, opener: PersonalOpenerInterface) -> UserSessionOutput:
        device = session.device(key, opener)
        same = cls.model_fields.keys() - SessionDevice.model_fields.keys()
        facts: dict[str, object] = {name: getattr(session, name) for name in same}
        return cls.model_validate({**facts, "ip": device.ip, "userAgent": device.userAgent or None})


class UserFactorsOutput(OutputModel):
    """Which second factors there are; nothing that would open anything."""

    totp: bool
    passkeys: int
    recoveryCodesLeft: int


class UserDetailOutput(UserOutput):
    """One account with its second factors and the sessions that are live now."""

    mfa: UserFactorsOutput
    sessions: list[UserSessionOutput]

    @classmethod
    def of(
        cls,
        user: UserAccount,
        factors: UserFactors,
        sessions: Sequence[UserSession],
        keys: Mapping[UUID, UserKey],
        opener: PersonalOpenerInterface,
    ) -> UserDetailOutput:
        shown = [UserSessionOutput.of(session, keys.get(user.id), opener) for session in sessions]
        return cls.model_validate({**_facts(user), "mfa": factors.model_dump(), "sessions": shown})

    @classmethod
    def withoutSessions(cls, user: UserAccount, factors: UserFactors) -> UserDetailOutput:
        return cls.model_validate({**_facts(user), "mfa": factors.model_dump(), "sessions": []})


def _facts(user: UserAccount) -> dict[str, object]:
    names = UserOutput.model_fields.keys() - {"emailVerified"}
    return {name: getattr(user, name) for name in names} | {"emailVerified": user.emailVerifiedAt is not None}
