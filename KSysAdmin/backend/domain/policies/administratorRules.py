from __future__ import annotations

from collections.abc import Collection

from pydantic import JsonValue

from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.models.role import Role


def standingOfAdministrator(administrator: Administrator) -> dict[str, JsonValue]:
    """What the audit log says of it."""
    return {"status": str(administrator.status.value)}


def rolesFacts(roles: Collection[Role]) -> dict[str, JsonValue]:
    return {"roles": [*sorted(role.name for role in roles)]}
