from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.exceptions.administratorErrors import PermissionDeniedError
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

    def ensureMay(self, permission: Permission) -> None:
        if permission not in self.permissions:
            raise PermissionDeniedError(f"this needs the permission {permission.value}")
