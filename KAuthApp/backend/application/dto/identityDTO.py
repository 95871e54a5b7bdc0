from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.backend.utils.valueObject import ValueObject


class IdentityDTO(ValueObject):
    """Who is behind a live credential."""

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

    @property
    def hasSecondFactor(self) -> bool:
        """Two methods, or a passkey, which is both what one has and what one knows or is."""
        return len(self.authMethods) > 1 or "passkey" in self.authMethods

    @property
    def permissions(self) -> tuple[str, ...]:
        """Those are for administrators."""
        return ()
