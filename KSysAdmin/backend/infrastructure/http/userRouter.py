from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from KSysAdmin.backend.application.input.userInput import (
    ChangeUserRolesInput,
    ResetUserFactorsInput,
    SuspendUserInput,
)
from KSysAdmin.backend.application.output.userOutput import UserDetailOutput, UserOutput, UserSessionOutput
from KSysAdmin.backend.domain.exceptions.userErrors import (
    RevocationPendingError,
    UserNotFoundError,
    UserNotSuspendedError,
    UserSuspendedError,
    UserWithoutFactorsError,
)
from KSysAdmin.backend.domain.interfaces.userRepositoryInterface import UserFilter
from KSysAdmin.backend.domain.models.userAccount import UserStatus
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.http.authorization import (
    CHANGE_REFUSALS,
    FRESH_REFUSALS,
    REFUSALS,
    ActorDep,
    UseCasesDep,
    requires,
)
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import InvalidCursorError, Page

QUERY = "Beginnings of words of address or name; an address, whole or from its beginning"

userRouter = APIRouter(prefix="/api/admin/users", tags=["users"])


async def provideFilter(
    query: Annotated[str | None, Query(min_length=1, max_length=200, description=QUERY)] = None,
    status: Annotated[UserStatus | None, Query()] = None,
    role: Annotated[str | None, Query(min_length=1, max_length=64)] = None,
) -> UserFilter:
    return UserFilter(query=query, status=status, role=role)


FilterDep = Annotated[UserFilter, Depends(provideFilter)]


@userRouter.get(
    "",
    summary="List users, newest first",
    description=(
        "`query` finds those whose address or name has words that begin with each word of it, and an address by its"
        " beginning or whole; `status` and `role` narrow the list."
    ),
    dependencies=[requires(Permission.USER_READ)],
    responses=problemsOf(*REFUSALS, InvalidCursorError),
)
async def listUsers(wanted: FilterDep, page: PageDep, useCases: UseCasesDep) -> Page[UserOutput]:
    return await useCases.listUsers.execute(wanted, page)


@userRouter.get(
    "/{userId}",
    summary="Show a user with the live sessions",
    description="The account and its live sessions. Passwords and secrets are never shown.",
    dependencies=[requires(Permission.USER_READ)],
    responses=problemsOf(*REFUSALS, UserNotFoundError),
)
async def showUser(userId: UUID, useCases: UseCasesDep) -> UserDetailOutput:
    return await useCases.showUser.execute(userId)


@userRouter.get(
    "/{userId}/sessions",
    summary="List the live sessions of a user, newest first",
    description="Where the user is signed in now, with device, address and methods.",
    dependencies=[requires(Permission.USER_READ)],
    responses=problemsOf(*REFUSALS, UserNotFoundError, InvalidCursorError),
)
async def listUserSessions(userId: UUID, page: PageDep, useCases: UseCasesDep) -> Page[UserSessionOutput]:
    return await useCases.listUserSessions.execute(userId, page)


@userRouter.post(
    "/{userId}/suspend",
    summary="Suspend a user and end every session at once",
    description="Every session, token and API key of the user is dead when this answers.",
    dependencies=[requires(Permission.USER_SUSPEND)],
    responses=problemsOf(*CHANGE_REFUSALS, UserNotFoundError, UserSuspendedError, RevocationPendingError),
)
async def suspendUser(
    userId: UUID, asked: SuspendUserInput, actor: ActorDep, useCases: UseCasesDep
) -> UserDetailOutput:
    return await useCases.suspendUser.execute(userId, asked, actor)


@userRouter.post(
    "/{userId}/reactivate",
    summary="Let a suspended user sign in again",
    description="The user signs in again with the password they had; ended sessions stay ended, API keys work again.",
    dependencies=[requires(Permission.USER_SUSPEND)],
    responses=problemsOf(*CHANGE_REFUSALS, UserNotFoundError, UserNotSuspendedError),
)
async def reactivateUser(userId: UUID, actor: ActorDep, useCases: UseCasesDep) -> UserDetailOutput:
    return await useCases.reactivateUser.execute(userId, actor)


@userRouter.post(
    "/{userId}/sessions/revoke",
    summary="End every session of a user",
    description="Every session and token of the user is dead when this answers; the account stays active.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[requires(Permission.USER_REVOKE_SESSIONS)],
    responses=problemsOf(*CHANGE_REFUSALS, UserNotFoundError, RevocationPendingError),
)
async def revokeUserSessions(userId: UUID, actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.revokeUserSessions.execute(userId, actor)


@userRouter.post(
    "/{userId}/password-reset",
    summary="Have a reset code mailed to a user",
    description="An administrator starts a reset and never chooses a password.",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[requires(Permission.USER_RESET_PASSWORD, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, UserNotFoundError),
)
async def startUserPasswordReset(userId: UUID, actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.startPasswordReset.execute(userId, actor)


@userRouter.post(
    "/{userId}/factors/reset",
    summary="Remove every second factor of a user who has lost them",
    description="Authenticator app, passkeys and recovery codes are gone, and every session and token of the user is "
    "dead when this answers; the user is told by mail. The password is asked for as ever, and API keys stay.",
    dependencies=[requires(Permission.USER_RESET_FACTORS, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, UserNotFoundError, UserWithoutFactorsError, RevocationPendingError),
)
async def resetUserFactors(
    userId: UUID, asked: ResetUserFactorsInput, actor: ActorDep, useCases: UseCasesDep
) -> UserDetailOutput:
    return await useCases.resetUserFactors.execute(userId, asked, actor)


@userRouter.put(
    "/{userId}/roles",
    summary="Replace the roles of a user",
    description="The given roles replace the present ones. Nobody grants what they do not hold. After the answer no "
    "credential of the user passes with a role that was taken away.",
    dependencies=[requires(Permission.USER_WRITE_ROLES, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, UserNotFoundError, RevocationPendingError),
)
async def changeUserRoles(
    userId: UUID, asked: ChangeUserRolesInput, actor: ActorDep, useCases: UseCasesDep
) -> UserDetailOutput:
    return await useCases.changeUserRoles.execute(userId, asked, actor)
