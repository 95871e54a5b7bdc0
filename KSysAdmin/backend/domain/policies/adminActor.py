from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from KSysAdmin.backend.domain.policies.permission import Permission
from shared.backend.utils.valueObject import ValueObject


class AdminActor(ValueObject):
    """The administrator behind one request, and what the roles allow at this moment."""

    administratorId: UUID
    sessionId: UUID
    email: str
    roles: tuple[str, ...]
    permissions: frozenset[Permission]
    sessionCreatedAt: datetime
    sessionIdleAt: datetime
    sessionExpiresAt: datetime

    @property
    def kind(self) -> Literal["session"]:
        return "session"

    @property
    def scopes(self) -> tuple[str, ...]:
        """Those are for API keys."""
        return ()

    @property
    def authenticatedAt(self) -> datetime:
        return self.sessionCreatedAt

    @property
    def hasSecondFactor(self) -> bool:
        """No administrator gets a session without one."""
        return True
