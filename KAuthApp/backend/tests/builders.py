from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose, OneTimeCode
from KAuthApp.backend.domain.models.refreshToken import RefreshToken
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserLocale
from KAuthApp.backend.domain.models.userSession import Device, SessionClient, UserSession
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.sessionPolicy import PASSWORD_ALONE, SessionPolicy
from shared.backend.utils.uuid import generateId

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CODES = CodePolicy()
SESSIONS = SessionPolicy()


def anAccount(email: str | None = None, active: bool = True, passwordHash: str = "a hash") -> UserAccount:
    address = EmailAddress.parse(email or f"{generateId().hex}@example.com")
    account = UserAccount.register(address, passwordHash, "Sari Wulandari", UserLocale.EN, NOON)
    if active:
        account.confirmEmail(NOON)
    return account


def aSession(
    userId: UUID,
    at: datetime = NOON,
    policy: SessionPolicy = SESSIONS,
    client: SessionClient = SessionClient.BROWSER,
    authMethods: Sequence[str] = PASSWORD_ALONE,
) -> UserSession:
    secretHash = generateId().hex if client == SessionClient.BROWSER else None
    device = Device(ip="192.0.2.1", userAgent="curl/8.5.0")
    return UserSession.open(userId, client, secretHash, device, authMethods, policy, at)


def aCode(userId: UUID, codeHash: str = "right", at: datetime = NOON) -> OneTimeCode:
    return OneTimeCode.issue(userId, CodePurpose.VERIFY_EMAIL, codeHash, CODES, at)


def aRefreshToken(sessionId: UUID, at: datetime = NOON) -> RefreshToken:
    return RefreshToken.issue(sessionId, generateId().hex, at)
