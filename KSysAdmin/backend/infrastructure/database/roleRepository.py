from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from KSysAdmin.backend.domain.exceptions.roleErrors import RoleExistsError, RoleInUseError, RoleNotFoundError
from KSysAdmin.backend.domain.interfaces.roleRepositoryInterface import RoleRepositoryInterface
from KSysAdmin.backend.domain.models.role import OWNER_ROLE_NAME, Role, RolePermission
from KSysAdmin.backend.domain.policies.permission import Permission
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.database.failures import brokenConstraint
from shared.backend.utils.paging import Page, PageInput

KNOWN_PERMISSIONS = frozenset(permission.value for permission in Permission)


class RoleRepository(BaseRepository[Role], RoleRepositoryInterface):
    model = Role

    async def listPage(self, page: PageInput) -> Page[Role]:
        return await self.page(select(Role), page, ["name"], descending=False)

    async def getByName(self, name: str) -> Role:
        role = (await self._session.exec(select(Role).where(Role.name == name))).one_or_none()
        if role is None:
            raise RoleNotFoundError(f"there is no role {name[:60]}")
        return role

    async def getForUpdate(self, roleId: UUID) -> Role:
        role = (await self._session.exec(select(Role).where(Role.id == roleId).with_for_update())).one_or_none()
        if role is None:
            raise RoleNotFoundError(f"role {roleId} does not exist")
        return role

    async def getByNameForUpdate(self, name: str) -> Role:
        return await self.getForUpdate((await self.getByName(name)).id)

    async def getAll(self, roleIds: Collection[UUID]) -> Sequence[Role]:
        statement = select(Role).where(col(Role.id).in_(roleIds)).order_by(col(Role.name)).with_for_update(read=True)
        roles = (await self._session.exec(statement)).all()
        if len(roles) != len(set(roleIds)):
            raise RoleNotFoundError
        return roles

    async def permissionsOf(self, roles: Sequence[Role]) -> dict[UUID, frozenset[Permission]]:
        statement = select(RolePermission).where(col(RolePermission.roleId).in_([role.id for role in roles]))
        stored = [row for row in (await self._session.exec(statement)).all() if row.permission in KNOWN_PERMISSIONS]
        held = {
            role.id: frozenset(Permission(row.permission) for row in stored if row.roleId == role.id) for role in roles
        }
        everything = {role.id: frozenset(Permission) for role in roles if role.builtIn and role.name == OWNER_ROLE_NAME}
        return held | everything

    async def addWith(self, role: Role, permissions: frozenset[Permission]) -> None:
        await self._write(role)
        await self._setPermissions(role, permissions)

    async def saveWith(self, role: Role, permissions: frozenset[Permission]) -> None:
        await self._write(role)
        await (await self._session.connection()).execute(
            delete(RolePermission).where(col(RolePermission.roleId) == role.id)
        )
        await self._setPermissions(role, permissions)

    async def remove(self, row: Role) -> None:
        try:
            await super().remove(row)
        except IntegrityError as error:
            if brokenConstraint(error) == "fk_administrator_role_role_id_role":
                raise RoleInUseError from error
            raise

    async def _write(self, role: Role) -> None:
        name = role.name  # a refused row can no longer be read
        try:
            await super().add(role)
        except IntegrityError as error:
            if brokenConstraint(error) == "uq_role_name":
                raise RoleExistsError(f"there is a role {name}") from error
            raise

    async def _setPermissions(self, role: Role, permissions: frozenset[Permission]) -> None:
        self._session.add_all(RolePermission(roleId=role.id, permission=each.value) for each in sorted(permissions))
        await self._session.flush()
