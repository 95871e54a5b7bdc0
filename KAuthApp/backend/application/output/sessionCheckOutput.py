from __future__ import annotations

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from shared.backend.utils.apiModel import OutputModel, Timestamp


class SessionCheckOutput(OutputModel):
    """
    Who is behind the credential of this request, as other programs ask it all the time.

    The gateway answers the same from its copy; times are whole seconds, as copies have them.
    """

    userId: UUID
    sessionId: UUID = Field(description="The session; of an API key, the key")
    kind: Literal["session", "apiKey"]
    roles: list[str]
    scopes: list[str] = Field(description="What an API key is good for; empty for a session, which may do everything")
    authenticatedAt: Timestamp = Field(examples=["2026-11-21T16:47:43Z"])
    expiresAt: Timestamp | None = Field(description="When it ends however much it is used; null for never")

    @classmethod
    def fromIdentity(cls, identity: IdentityDTO) -> Self:
        return cls(
            userId=identity.userId,
            sessionId=identity.sessionId,
            kind=identity.kind,
            roles=list(identity.roles),
            scopes=list(identity.scopes),
            authenticatedAt=_wholeSecond(identity.authenticatedAt),
            expiresAt=None if identity.endsAt is None else _wholeSecond(identity.endsAt),
        )


def _wholeSecond(at: datetime) -> datetime:
    return at.replace(microsecond=0)
