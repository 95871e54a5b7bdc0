from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from KAuthApp.backend.application.input.loginInput import LoginInput
from KAuthApp.backend.application.input.loginSecondFactorInput import LoginSecondFactorInput
from KAuthApp.backend.application.input.reauthenticateInput import ReauthenticateInput
from KAuthApp.backend.application.input.refreshTokensInput import RefreshTokensInput
from KAuthApp.backend.application.output.csrfOutput import CsrfOutput
from KAuthApp.backend.application.output.jwksOutput import JwksOutput
from KAuthApp.backend.application.output.loginOutput import LoginOutput
from KAuthApp.backend.application.output.reauthenticatedOutput import ReauthenticatedOutput
from KAuthApp.backend.application.output.secondFactorRequiredOutput import SecondFactorRequiredOutput
from KAuthApp.backend.application.output.tokensOutput import TokensOutput
from KAuthApp.backend.domain.exceptions.authErrors import (
    ChallengeInvalidError,
    CurrentPasswordWrongError,
    EmailNotVerifiedError,
    InvalidCredentialsError,
    ProofRequiredError,
    RefreshInvalidError,
    RefreshReusedError,
    RevocationPendingError,
    SecondFactorInvalidError,
    SessionNotFoundError,
    TooManyAttemptsError,
    UnauthenticatedError,
)
from KAuthApp.backend.domain.exceptions.passkeyErrors import PasskeyNotFoundError
from KAuthApp.backend.domain.models.factorMethod import FactorMethod
from KAuthApp.backend.infrastructure.http.cookies import handOver
from KAuthApp.backend.infrastructure.http.dependencies import (
    CredentialDep,
    DeviceDep,
    IdentityDep,
    UseCasesDep,
    openToAll,
)
from KAuthApp.backend.infrastructure.http.renewal import goOn, withCsrfToken
from shared.backend.cryptoFactory import HashPoolFullError
from shared.backend.exceptions.accessErrors import SecondFactorRequiredError
from shared.backend.exceptions.errors import InvalidInputError, TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError, csrfTokenFor
from shared.backend.webAuthn.refusal import PasskeysUnavailableError
from shared.backend.webAuthn.webAuthnJson import RequestOptionsJson

signInRouter = APIRouter(prefix="/api/auth", tags=["sign-in"])
keysRouter = APIRouter(prefix="/api/auth", tags=["sign-in"])

LoginAnswer = Annotated[LoginOutput | SecondFactorRequiredOutput, Field(discriminator="status")]


@signInRouter.post(
    "/login",
    summary="Sign in",
    description="A browser gets a session cookie, an API client gets tokens; who has a second factor is asked for it "
    "first. Unknown address, wrong password and suspended account are answered alike, in the same time. After failures "
    "a proof of work is asked for, then waiting; a browser that signed in before is judged by its own failures alone. "
    "Under an attack a new device is asked for a code that is mailed (`emailCode`).",
    dependencies=[openToAll],
    responses=problemsOf(
        InvalidCredentialsError,
        EmailNotVerifiedError,
        ProofRequiredError,
        TooManyAttemptsError,
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
    "/login/second-factor",
    summary="Finish signing in with a second factor",
    description="Answers the challenge of a sign-in: a code of the authenticator app, a recovery code, an assertion of "
    "a passkey, or the code that was mailed for it. A challenge is good once, for five minutes (a mailed code for "
    "ten) and five tries; every code is good once.",
    dependencies=[openToAll],
    responses=problemsOf(
        ChallengeInvalidError,
        SecondFactorInvalidError,
        TooManyAttemptsError,
        InvalidInputError,
        UnavailableError,
    ),
)
async def completeLogin(
    proof: LoginSecondFactorInput, device: DeviceDep, response: Response, useCases: UseCasesDep
) -> LoginAnswer:
    isByMail = proof.method == FactorMethod.EMAIL_CODE
    useCase = useCases.completeLoginByMailCode if isByMail else useCases.completeLogin
    outcome = await useCase.execute(proof, device)
    if isinstance(outcome, SecondFactorRequiredOutput):
        return outcome
    return handOver(outcome, response, useCases.cookie)


@signInRouter.post(
    "/reauthenticate",
    summary="Show again that it is you",
    description="Opens the calls that need a recent sign-in. Where a second factor is set up, one of those is needed; "
    "else the password. A browser's session goes on under a new cookie.",
    response_model=ReauthenticatedOutput,
    responses=problemsOf(
        UnauthenticatedError,
        CsrfRequiredError,
        CurrentPasswordWrongError,
        SecondFactorRequiredError,
        SecondFactorInvalidError,
        TooManyAttemptsError,
        InvalidInputError,
        HashPoolFullError,
        RevocationPendingError,
        UnavailableError,
    ),
)
async def reauthenticate(
    asked: ReauthenticateInput, identity: IdentityDep, useCases: UseCasesDep, request: Request, response: Response
) -> ReauthenticatedOutput | Response:
    answer, renewal = await useCases.reauthenticate.execute(asked, identity)
    return goOn(renewal, withCsrfToken(answer, renewal), request, response, useCases.cookie)


@signInRouter.post(
    "/reauthenticate/options",
    summary="Begin to show by a passkey that it is you",
    description="PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3) for one of the own passkeys. Good once, for "
    "five minutes, in this session.",
    responses=problemsOf(
        UnauthenticatedError, CsrfRequiredError, PasskeyNotFoundError, PasskeysUnavailableError, UnavailableError
    ),
)
async def offerStepUp(identity: IdentityDep, useCases: UseCasesDep) -> RequestOptionsJson:
    return await useCases.offerStepUp.execute(identity)


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
