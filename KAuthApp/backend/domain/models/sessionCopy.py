from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import UserSession
from KAuthApp.backend.domain.policies.tokenPolicy import PUBLIC_AUDIENCE
from shared.backend.utils.valueObject import ValueObject

STANDARD_TIER = "standard"


class SessionCopy(ValueObject):
    """What a credential stands for while its session is live."""

    credentialHash: str
    userId: UUID
    sessionId: UUID
    roles: tuple[str, ...] = ()
    tier: str = STANDARD_TIER
    audience: str = PUBLIC_AUDIENCE
    authMethods: tuple[str, ...] = ()
    authenticatedAt: datetime
    expiresAt: datetime

    @classmethod
    def of(cls, credentialHash: str, session: UserSession, user: UserAccount, expiresAt: datetime) -> Self:
        """The copy for one credential of this session, until the credential or the session ends."""
        return cls(
            credentialHash=credentialHash,
            userId=user.id,
            sessionId=session.id,
            roles=tuple(user.roles),
            authMethods=tuple(session.authMethods),
            authenticatedAt=session.authenticatedAt,
            expiresAt=min(expiresAt, session.validUntil),
        )

    def keptUntil(self, end: datetime) -> Self:
        """The same, believed no longer than until `end`: by then the truth is asked again."""
        return self.model_copy(update={"expiresAt": min(self.expiresAt, end)})
