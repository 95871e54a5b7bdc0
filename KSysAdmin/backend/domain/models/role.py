from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from KSysAdmin.backend.domain.exceptions.roleErrors import RoleBuiltInError
from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId

OWNER_ROLE_NAME = "owner"


class Role(AdminTable, table=True):
    """A named set of permissions for administrators. The built-in ones cannot be changed or removed."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("name"),)

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=60)
    description: str = Field(max_length=300)
    builtIn: bool = Field(sa_column_kwargs={"name": "built_in"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    updatedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "updated_at"})

    @classmethod
    def create(cls, name: str, description: str, at: datetime) -> Self:
        return cls(id=generateId(), name=name, description=description, builtIn=False, createdAt=at, updatedAt=at)

    def ensureChangeable(self) -> None:
        if self.builtIn:
            raise RoleBuiltInError(f"{self.name} is built in")

    def rename(self, name: str, description: str, at: datetime) -> None:
        self.name, self.description, self.updatedAt = name, description, at


class RolePermission(AdminTable, table=True):
    """One permission of one role. The built-in owner has none written down: it has all there are."""

    __tablename__ = "role_permission"

    roleId: UUID = Field(
        primary_key=True, foreign_key="role.id", ondelete="CASCADE", sa_column_kwargs={"name": "role_id"}
    )
    permission: str = Field(primary_key=True, max_length=60)


class AdministratorRole(AdminTable, table=True):
    """Who has which role."""

    __tablename__ = "administrator_role"

    administratorId: UUID = Field(
        primary_key=True,
        foreign_key="administrator.id",
        ondelete="CASCADE",
        sa_column_kwargs={"name": "administrator_id"},
    )
    roleId: UUID = Field(primary_key=True, foreign_key="role.id", index=True, sa_column_kwargs={"name": "role_id"})
