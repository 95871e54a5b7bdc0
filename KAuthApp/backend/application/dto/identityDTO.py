from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from KAuthApp.backend.domain.policies.sessionPolicy import isMultiFactor
from shared.backend.utils.valueObject import ValueObject


class IdentityDTO(ValueObject):
    """
    Who is behind a live credential; of an API key `sessionId` is the key. `expiresAt` is until when this may be
    believed without asking again, `endsAt` when the credential ends by itself, if ever.
    """

    userId: UUID
    sessionId: UUID
    roles: tuple[str, ...]
    tier: str
    audience: str
    expiresAt: datetime
    authenticatedAt: datetime
    kind: Literal["session", "apiKey"] = "session"
    scopes: tuple[str, ...] = ()
    authMethods: tuple[str, ...] = ()
    endsAt: datetime | None = None

    @property
    def hasSecondFactor(self) -> bool:
        return len(self.authMethods) > 0 and isMultiFactor(self.authMethods)

    @property
    def permissions(self) -> tuple[str, ...]:
        """Those are for administrators."""
        return ()
