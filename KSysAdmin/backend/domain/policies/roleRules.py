from __future__ import annotations

from pydantic import JsonValue

from KSysAdmin.backend.domain.exceptions.roleErrors import PermissionNotHeldError
from KSysAdmin.backend.domain.models.role import Role
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.permission import Permission


def ensureHolds(actor: AdminActor, permissions: frozenset[Permission]) -> None:
    """Nobody hands on what they do not have."""
    missing = sorted(permissions - actor.permissions)
    if missing:
        raise PermissionNotHeldError(f"you do not have {', '.join(missing)}")


def roleFacts(role: Role, permissions: frozenset[Permission]) -> dict[str, JsonValue]:
    """What the audit log says of a role."""
    return {"name": role.name, "description": role.description, "permissions": [*sorted(permissions)]}
