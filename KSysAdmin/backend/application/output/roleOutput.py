from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.domain.models.role import Role
from KSysAdmin.backend.domain.policies.permission import PERMISSION_TITLES, Permission
from shared.backend.utils.apiModel import OutputModel, Timestamp


class RoleOutput(OutputModel):
    id: UUID
    name: str
    description: str
    builtIn: bool
    permissions: list[Permission]
    createdAt: Timestamp
    updatedAt: Timestamp

    @classmethod
    def of(cls, role: Role, permissions: frozenset[Permission]) -> RoleOutput:
        return cls(
            id=role.id,
            name=role.name,
            description=role.description,
            builtIn=role.builtIn,
            permissions=sorted(permissions),
            createdAt=role.createdAt,
            updatedAt=role.updatedAt,
        )


class PermissionOutput(OutputModel):
    name: Permission
    title: str


class PermissionsOutput(OutputModel):
    """Everything there is to allow."""

    items: list[PermissionOutput]

    @classmethod
    def all(cls) -> PermissionsOutput:
        return cls(items=[PermissionOutput(name=name, title=title) for name, title in PERMISSION_TITLES.items()])
