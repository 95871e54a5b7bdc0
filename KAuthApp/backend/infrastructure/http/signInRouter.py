from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from KAuthApp.backend.application.input.loginInput import LoginInput
from KAuthApp.backend.application.input.refreshTokensInput import RefreshTokensInput
from KAuthApp.backend.application.output.csrfOutput import CsrfOutput
from KAuthApp.backend.application.output.jwksOutput import JwksOutput
from KAuthApp.backend.application.output.loginOutput import LoginOutput
from KAuthApp.backend.application.output.secondFactorRequiredOutput import SecondFactorRequiredOutput
from KAuthApp.backend.application.output.tokensOutput import TokensOutput
from KAuthApp.backend.domain.exceptions.authErrors import (
    EmailNotVerifiedError,
    InvalidCredentialsError,
    RefreshInvalidError,
    RefreshReusedError,
    RevocationPendingError,
    SessionNotFoundError,
    UnauthenticatedError,
)
from KAuthApp.backend.infrastructure.http.cookies import handOver
from KAuthApp.backend.infrastructure.http.dependencies import (
    CredentialDep,
    DeviceDep,
    IdentityDep,
    UseCasesDep,
    openToAll,
)
from shared.backend.cryptoFactory import HashPoolFullError
from shared.backend.exceptions.errors import InvalidInputError, TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError, csrfTokenFor

signInRouter = APIRouter(prefix="/api/auth", tags=["sign-in"])
keysRouter = APIRouter(prefix="/api/auth", tags=["sign-in"])

LoginAnswer = Annotated[LoginOutput | SecondFactorRequiredOutput, Field(discriminator="status")]


@signInRouter.post(
    "/login",
    summary="Sign in",
    description="A browser gets a session cookie, an API client gets tokens; who has a second factor is asked for it "
    "first. Unknown address, wrong password and suspended account are answered alike, in the same time.",
    dependencies=[openToAll],
    responses=problemsOf(
        InvalidCredentialsError,
        EmailNotVerifiedError,
        InvalidInputError,
        TooManyRequestsError,
        HashPoolFullError,
        UnavailableError,
    ),
)
async def login(login: LoginInput, device: DeviceDep, response: Response, useCases: UseCasesDep) -> LoginAnswer:
    outcome = await useCases.login.execute(login, device)
    if isinstance(outcome, SecondFactorRequiredOutput):
        return outcome
    return handOver(outcome, response, useCases.cookie)


@signInRouter.post(
    "/token/refresh",
    summary="Change a refresh token for new tokens",
    description="Every refresh token is good for one successor. For 30 seconds, and only until the successor is used, "
    "asking again gives the same successor; any later use ends the session.",
    dependencies=[openToAll],
    responses=problemsOf(
        RefreshInvalidError, RefreshReusedError, InvalidInputError, TooManyRequestsError, UnavailableError
    ),
)
async def refreshTokens(offered: RefreshTokensInput, useCases: UseCasesDep) -> TokensOutput:
    return await useCases.refreshTokens.execute(offered)


@signInRouter.post(
    "/logout",
    summary="Sign out",
    description="Ends this session. After the answer its credentials are accepted nowhere.",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problemsOf(
        UnauthenticatedError,
        CsrfRequiredError,
        SessionNotFoundError,
        TooManyRequestsError,
        RevocationPendingError,
        UnavailableError,
    ),
)
async def logout(identity: IdentityDep, response: Response, useCases: UseCasesDep) -> None:
    await useCases.logout.execute(identity)
    useCases.cookie.take(response)


@signInRouter.get(
    "/csrf",
    summary="Get the CSRF token",
    description="The value that requests with the session cookie send as `X-CSRF-Token` when they change something.",
    responses=problemsOf(UnauthenticatedError, TooManyRequestsError, UnavailableError),
)
async def getCsrfToken(_: IdentityDep, credential: CredentialDep) -> CsrfOutput:
    return CsrfOutput(csrfToken=csrfTokenFor(credential.secret.get_secret_value()))


@keysRouter.get(
    "/.well-known/jwks.json",
    summary="Get the keys that verify access tokens",
    description="JSON Web Key Set (RFC 7517). A key appears before it signs and stays until its last token has "
    "expired, so an answer may be kept for five minutes.",
    dependencies=[openToAll],
    responses=problemsOf(TooManyRequestsError, UnavailableError),
)
async def getSigningKeys(response: Response, useCases: UseCasesDep) -> JwksOutput:
    response.headers["Cache-Control"] = "public, max-age=300"
    return await useCases.publishSigningKeys.execute()
