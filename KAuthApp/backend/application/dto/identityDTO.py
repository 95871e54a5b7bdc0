from __future__ import annotations

from datetime import datetime
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
