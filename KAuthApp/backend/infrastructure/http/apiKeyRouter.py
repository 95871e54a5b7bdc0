from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from KAuthApp.backend.application.input.createApiKeyInput import CreateApiKeyInput
from KAuthApp.backend.application.output.apiKeyOutput import ApiKeyOutput, CreatedApiKeyOutput
from KAuthApp.backend.domain.exceptions.apiKeyErrors import (
    ApiKeyExpiryInvalidError,
    ApiKeyNotFoundError,
    TooManyApiKeysError,
)
from KAuthApp.backend.domain.exceptions.authErrors import RevocationPendingError, UnauthenticatedError
from KAuthApp.backend.infrastructure.http.dependencies import DeviceDep, FreshDep, IdentityDep, UseCasesDep
from shared.backend.exceptions.accessErrors import ReauthenticationRequiredError, SessionRequiredError
from shared.backend.exceptions.errors import InvalidInputError, TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import InvalidCursorError, Page

apiKeyRouter = APIRouter(prefix="/api/auth/api-keys", tags=["API keys"])


@apiKeyRouter.post(
    "",
    summary="Make an API key",
    description="The secret is in this answer and never shown again. Needs a sign-in of the last few minutes; the "
    "owner is told by mail.",
    status_code=HTTPStatus.CREATED,
    responses=problemsOf(
        UnauthenticatedError,
        ReauthenticationRequiredError,
        SessionRequiredError,
        CsrfRequiredError,
        TooManyApiKeysError,
        InvalidInputError,
        ApiKeyExpiryInvalidError,
        TooManyRequestsError,
        UnavailableError,
    ),
)
async def createApiKey(
    asked: CreateApiKeyInput, identity: FreshDep, device: DeviceDep, useCases: UseCasesDep
) -> CreatedApiKeyOutput:
    return await useCases.createApiKey.execute(asked, device, identity)


@apiKeyRouter.get(
    "",
    summary="List the own API keys",
    description="Those that are not revoked, newest first; secrets are never shown.",
    responses=problemsOf(
        UnauthenticatedError, SessionRequiredError, InvalidCursorError, TooManyRequestsError, UnavailableError
    ),
)
async def listApiKeys(page: PageDep, identity: IdentityDep, useCases: UseCasesDep) -> Page[ApiKeyOutput]:
    return await useCases.listApiKeys.execute(page, identity)


@apiKeyRouter.delete(
    "/{keyId}",
    summary="Revoke an API key",
    description="After the answer nothing accepts it. Revoking one that was revoked already is fine.",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problemsOf(
        UnauthenticatedError,
        SessionRequiredError,
        CsrfRequiredError,
        ApiKeyNotFoundError,
        InvalidInputError,
        TooManyRequestsError,
        RevocationPendingError,
        UnavailableError,
    ),
)
async def revokeApiKey(keyId: UUID, identity: IdentityDep, useCases: UseCasesDep) -> None:
    await useCases.revokeApiKey.execute(keyId, identity)
