from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from KSysAdmin.backend.application.input.administratorInput import (
    ChangeAdministratorRolesInput,
    InviteAdministratorInput,
    SuspendAdministratorInput,
)
from KSysAdmin.backend.application.output.administratorOutput import AdministratorAccountOutput
from KSysAdmin.backend.domain.exceptions.administratorErrors import (
    AdministratorExistsError,
    AdministratorNotFoundError,
    AdministratorNotInvitedError,
    AdministratorNotSuspendedError,
    AdministratorSuspendedError,
    InvalidEmailError,
    LastAdministratorError,
    OwnAccountError,
)
from KSysAdmin.backend.domain.exceptions.roleErrors import PermissionNotHeldError, RoleNotFoundError
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

administratorRouter = APIRouter(prefix="/api/admin/administrators", tags=["administrators"])

MAY_CHANGE = requires(Permission.ADMINISTRATOR_WRITE, isFresh=True)
CHARGE_REFUSALS = (*FRESH_REFUSALS, AdministratorNotFoundError, PermissionNotHeldError, OwnAccountError)


@administratorRouter.get(
    "",
    summary="List administrators",
    description="In the order of their addresses, each with roles and second factors.",
    dependencies=[requires(Permission.ADMINISTRATOR_READ)],
    responses=problemsOf(*REFUSALS, InvalidCursorError),
)
async def listAdministrators(page: PageDep, useCases: UseCasesDep) -> Page[AdministratorAccountOutput]:
    return await useCases.listAdministrators.execute(page)


@administratorRouter.post(
    "",
    summary="Invite an administrator",
    description=(
        "A one-time link goes to the address and is good for 24 hours; with it a password is chosen, and a second"
        " factor at the first sign-in. Nobody hands on what they do not hold."
    ),
    status_code=HTTPStatus.CREATED,
    dependencies=[MAY_CHANGE],
    responses=problemsOf(
        *FRESH_REFUSALS, PermissionNotHeldError, RoleNotFoundError, InvalidEmailError, AdministratorExistsError
    ),
)
async def inviteAdministrator(
    asked: InviteAdministratorInput, actor: ActorDep, useCases: UseCasesDep
) -> AdministratorAccountOutput:
    return await useCases.inviteAdministrator.execute(asked, actor)


@administratorRouter.post(
    "/{administratorId}/invitation",
    summary="Send a new link to somebody who is still invited",
    description="The old link is void at once.",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[MAY_CHANGE],
    responses=problemsOf(*CHARGE_REFUSALS, AdministratorNotInvitedError),
)
async def inviteAdministratorAgain(administratorId: UUID, actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.inviteAdministratorAgain.execute(administratorId, actor)


@administratorRouter.put(
    "/{administratorId}/roles",
    summary="Replace the roles of an administrator",
    description="They act with the next request. Nobody gives or takes away what they do not hold.",
    dependencies=[MAY_CHANGE],
    responses=problemsOf(
        *FRESH_REFUSALS, AdministratorNotFoundError, PermissionNotHeldError, RoleNotFoundError, LastAdministratorError
    ),
)
async def changeAdministratorRoles(
    administratorId: UUID, asked: ChangeAdministratorRolesInput, actor: ActorDep, useCases: UseCasesDep
) -> AdministratorAccountOutput:
    return await useCases.changeAdministratorRoles.execute(administratorId, asked, actor)


@administratorRouter.post(
    "/{administratorId}/suspend",
    summary="Suspend an administrator and end every session at once",
    description="Nothing of this administrator is accepted when this answers. The last one with all rights stays.",
    dependencies=[MAY_CHANGE],
    responses=problemsOf(*CHARGE_REFUSALS, AdministratorSuspendedError, LastAdministratorError),
)
async def suspendAdministrator(
    administratorId: UUID, asked: SuspendAdministratorInput, actor: ActorDep, useCases: UseCasesDep
) -> AdministratorAccountOutput:
    return await useCases.suspendAdministrator.execute(administratorId, asked, actor)


@administratorRouter.post(
    "/{administratorId}/reactivate",
    summary="Let a suspended administrator sign in again",
    description="With the password and the second factors there were; ended sessions stay ended.",
    dependencies=[MAY_CHANGE],
    responses=problemsOf(*CHARGE_REFUSALS, AdministratorNotSuspendedError),
)
async def reactivateAdministrator(
    administratorId: UUID, actor: ActorDep, useCases: UseCasesDep
) -> AdministratorAccountOutput:
    return await useCases.reactivateAdministrator.execute(administratorId, actor)


@administratorRouter.post(
    "/{administratorId}/factors/reset",
    summary="Take every second factor from an administrator who has lost them",
    description=(
        "The password goes too, since a password alone must not be enough to set up a new factor: a one-time link is"
        " mailed. Every session ends."
    ),
    dependencies=[MAY_CHANGE],
    responses=problemsOf(*CHARGE_REFUSALS, AdministratorSuspendedError, LastAdministratorError),
)
async def resetAdministratorAccess(
    administratorId: UUID, actor: ActorDep, useCases: UseCasesDep
) -> AdministratorAccountOutput:
    return await useCases.resetAdministratorAccess.execute(administratorId, actor)
