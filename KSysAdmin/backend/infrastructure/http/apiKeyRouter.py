from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from KSysAdmin.backend.application.output.apiKeyOutput import UserApiKeyOutput
from KSysAdmin.backend.domain.exceptions.userErrors import (
    ApiKeyNotFoundError,
    RevocationPendingError,
    UserNotFoundError,
)
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.http.authorization import (
    CHANGE_REFUSALS,
    REFUSALS,
    ActorDep,
    UseCasesDep,
    requires,
)
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import InvalidCursorError, Page

apiKeyRouter = APIRouter(prefix="/api/admin/users/{userId}/api-keys", tags=["users"])


@apiKeyRouter.get(
    "",
    summary="List the API keys of a user, newest first",
    description="What the programs of the user are known by, with scopes and last use; revoked keys too.",
    dependencies=[requires(Permission.USER_READ)],
    responses=problemsOf(*REFUSALS, UserNotFoundError, InvalidCursorError),
)
async def listUserApiKeys(userId: UUID, page: PageDep, useCases: UseCasesDep) -> Page[UserApiKeyOutput]:
    return await useCases.listUserApiKeys.execute(userId, page)


@apiKeyRouter.post(
    "/{keyId}/revoke",
    summary="Revoke an API key of a user",
    description="Nothing accepts it when this answers. Revoking one that was revoked already is fine.",
    dependencies=[requires(Permission.USER_REVOKE_SESSIONS)],
    responses=problemsOf(*CHANGE_REFUSALS, UserNotFoundError, ApiKeyNotFoundError, RevocationPendingError),
)
async def revokeUserApiKey(userId: UUID, keyId: UUID, actor: ActorDep, useCases: UseCasesDep) -> UserApiKeyOutput:
    return await useCases.revokeUserApiKey.execute(userId, keyId, actor)
