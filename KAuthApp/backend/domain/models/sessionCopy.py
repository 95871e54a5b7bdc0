from __future__ import annotations

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import SessionClient, UserSession
from KAuthApp.backend.domain.policies.tokenPolicy import PUBLIC_AUDIENCE
from shared.backend.utils.valueObject import ValueObject

STANDARD_TIER = "standard"


class SessionCopy(ValueObject):
    """
    What a credential stands for while its session is live: `expiresAt` is until when this may be believed, `endsAt`
    when the credential ends however much it is used. Of an API key `sessionId` is the key.
    """

    credentialHash: str
    userId: UUID
    sessionId: UUID
    roles: tuple[str, ...] = ()
    tier: str = STANDARD_TIER
    audience: str = PUBLIC_AUDIENCE
    authMethods: tuple[str, ...] = ()
    kind: Literal["session", "apiKey"] = "session"
    scopes: tuple[str, ...] = ()
    authenticatedAt: datetime
    expiresAt: datetime
    endsAt: datetime | None = None

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
            endsAt=session.expiresAt if session.client == SessionClient.BROWSER else min(expiresAt, session.expiresAt),
        )

    def keptUntil(self, end: datetime) -> Self:
        """The same, believed no longer than until `end`: by then the truth is asked again."""
        return self.model_copy(update={"expiresAt": min(self.expiresAt, end)})
