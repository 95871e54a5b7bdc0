from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from KSysAdmin.backend.application.input.roleInput import RoleInput
from KSysAdmin.backend.application.output.roleOutput import PermissionsOutput, RoleOutput
from KSysAdmin.backend.domain.exceptions.roleErrors import (
    PermissionNotHeldError,
    RoleBuiltInError,
    RoleExistsError,
    RoleInUseError,
    RoleNotFoundError,
)
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.http.authorization import (
    FRESH_REFUSALS,
    REFUSALS,
    ActorDep,
    UseCasesDep,
    requires,
)
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import InvalidCursorError, Page

roleRouter = APIRouter(prefix="/api/admin", tags=["roles"])


@roleRouter.get(
    "/permissions",
    summary="Everything there is to allow",
    description="The permissions that roles are made of.",
    dependencies=[requires(Permission.ROLE_READ)],
    responses=problemsOf(*REFUSALS),
)
async def listPermissions() -> PermissionsOutput:
    return PermissionsOutput.all()


@roleRouter.get(
    "/roles",
    summary="List roles by name",
    description="A role is a set of permissions.",
    dependencies=[requires(Permission.ROLE_READ)],
    responses=problemsOf(*REFUSALS, InvalidCursorError),
)
async def listRoles(page: PageDep, useCases: UseCasesDep) -> Page[RoleOutput]:
    return await useCases.listRoles.execute(page)


@roleRouter.post(
    "/roles",
    summary="Create a role",
    description="Its permissions must be among those of the caller.",
    status_code=HTTPStatus.CREATED,
    dependencies=[requires(Permission.ROLE_WRITE, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, PermissionNotHeldError, RoleExistsError),
)
async def createRole(asked: RoleInput, actor: ActorDep, useCases: UseCasesDep) -> RoleOutput:
    return await useCases.createRole.execute(asked, actor)


@roleRouter.put(
    "/roles/{roleId}",
    summary="Replace a role",
    description="Name, description and permissions as given. Built-in roles stay as they are.",
    dependencies=[requires(Permission.ROLE_WRITE, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, PermissionNotHeldError, RoleNotFoundError, RoleExistsError, RoleBuiltInError),
)
async def replaceRole(roleId: UUID, asked: RoleInput, actor: ActorDep, useCases: UseCasesDep) -> RoleOutput:
    return await useCases.replaceRole.execute(roleId, asked, actor)


@roleRouter.delete(
    "/roles/{roleId}",
    summary="Remove a role that nobody has",
    description="Built-in roles and roles that somebody holds stay.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[requires(Permission.ROLE_WRITE, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, RoleNotFoundError, RoleBuiltInError, RoleInUseError),
)
async def removeRole(roleId: UUID, actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.removeRole.execute(roleId, actor)
