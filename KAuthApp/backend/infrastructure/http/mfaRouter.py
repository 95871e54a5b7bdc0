from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from KAuthApp.backend.application.input.confirmTotpInput import ConfirmTotpInput
from KAuthApp.backend.application.output.factorOutputs import (
    RecoveryCodesOutput,
    TotpConfirmedOutput,
    TotpEnrollmentOutput,
)
from KAuthApp.backend.domain.exceptions.authErrors import (
    CodeInvalidError,
    NoSecondFactorError,
    RevocationPendingError,
    TotpAlreadyOnError,
    TotpNotFoundError,
    UnauthenticatedError,
)
from KAuthApp.backend.infrastructure.http.dependencies import FreshDep, UseCasesDep
from KAuthApp.backend.infrastructure.http.renewal import goOn
from shared.backend.exceptions.accessErrors import ReauthenticationRequiredError
from shared.backend.exceptions.errors import InvalidInputError, TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError

mfaRouter = APIRouter(prefix="/api/auth/mfa", tags=["second factors"])

_ANYTHING_FRESH = (
    UnauthenticatedError,
    ReauthenticationRequiredError,
    CsrfRequiredError,
    TooManyRequestsError,
    UnavailableError,
)


@mfaRouter.post(
    "/totp/enroll",
    summary="Begin to set up an authenticator app",
    description="Makes a secret for an app (RFC 6238, SHA-1, six digits, 30 s). It counts once its first code was "
    "confirmed; asking again before makes another.",
    responses=problemsOf(*_ANYTHING_FRESH, TotpAlreadyOnError),
)
async def enrollTotp(identity: FreshDep, useCases: UseCasesDep) -> TotpEnrollmentOutput:
    return await useCases.enrollTotp.execute(identity)


@mfaRouter.post(
    "/totp/confirm",
    summary="Confirm the authenticator app",
    description="The first code makes the app count, and is spent. Ten recovery codes come with it, in place of those "
    "that an earlier factor brought. Other sessions end, this one goes on under a new cookie. A 503 "
    "`auth.revocationPending` carries `recoveryCodes` too: they are shown this once.",
    response_model=TotpConfirmedOutput,
    responses=problemsOf(
        *_ANYTHING_FRESH,
        CodeInvalidError,
        TotpNotFoundError,
        TotpAlreadyOnError,
        InvalidInputError,
        RevocationPendingError,
    ),
)
async def confirmTotp(
    proof: ConfirmTotpInput, identity: FreshDep, useCases: UseCasesDep, request: Request, response: Response
) -> TotpConfirmedOutput | Response:
    answer, renewal = await useCases.confirmTotp.execute(proof, identity)
    return goOn(renewal, answer, request, response, useCases.cookie, answer.recoveryCodes)


@mfaRouter.delete(
    "/totp",
    summary="Remove the authenticator app",
    description="Other sessions end, this one goes on under a new cookie. The recovery codes go with the last factor.",
    status_code=HTTPStatus.NO_CONTENT,
    response_model=None,
    responses=problemsOf(*_ANYTHING_FRESH, TotpNotFoundError, RevocationPendingError),
)
async def removeTotp(
    identity: FreshDep, useCases: UseCasesDep, request: Request, response: Response
) -> Response | None:
    renewal = await useCases.removeTotp.execute(identity)
    return goOn(renewal, None, request, response, useCases.cookie)


@mfaRouter.post(
    "/recovery-codes",
    summary="Renew the recovery codes",
    description="Ten new ones, shown this once; those before are good no more. Other sessions end, this one goes on "
    "under a new cookie. A 503 `auth.revocationPending` carries `recoveryCodes` too.",
    response_model=RecoveryCodesOutput,
    responses=problemsOf(*_ANYTHING_FRESH, NoSecondFactorError, RevocationPendingError),
)
async def renewRecoveryCodes(
    identity: FreshDep, useCases: UseCasesDep, request: Request, response: Response
) -> RecoveryCodesOutput | Response:
    answer, renewal = await useCases.renewRecoveryCodes.execute(identity)
    return goOn(renewal, answer, request, response, useCases.cookie, answer.recoveryCodes)
