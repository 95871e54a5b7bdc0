from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from KAuthApp.backend.application.input.changePasswordInput import ChangePasswordInput
from KAuthApp.backend.application.input.emailInput import EmailInput
from KAuthApp.backend.application.input.judgePasswordInput import JudgePasswordInput
from KAuthApp.backend.application.input.resetPasswordInput import ResetPasswordInput
from KAuthApp.backend.application.output.statusOutputs import ResetSentOutput
from KAuthApp.backend.domain.exceptions.authErrors import (
    CodeInvalidError,
    CurrentPasswordWrongError,
    PasswordCompromisedError,
    PasswordTooLongError,
    PasswordTooShortError,
    ProofRequiredError,
    RevocationPendingError,
    SecondFactorInvalidError,
    TooManyAttemptsError,
    UnauthenticatedError,
)
from KAuthApp.backend.infrastructure.http.dependencies import DeviceDep, ProvenDep, UseCasesDep, openToAll
from KAuthApp.backend.infrastructure.http.renewal import goOn
from shared.backend.cryptoFactory import HashPoolFullError
from shared.backend.exceptions.accessErrors import ReauthenticationRequiredError, SecondFactorRequiredError
from shared.backend.exceptions.errors import InvalidInputError, TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError
from shared.backend.passwords.passwordStrengthOutput import PasswordStrengthOutput

passwordRouter = APIRouter(prefix="/api/auth/password", tags=["password"])


@passwordRouter.post(
    "/strength",
    summary="Judge a new password",
    description="How soon a password would be guessed, and whether it would be taken: by the very rules that decide "
    "when it is chosen, with the address and the name as what a guesser knows. Changes nothing and keeps nothing.",
    dependencies=[openToAll],
    responses=problemsOf(InvalidInputError, TooManyRequestsError, UnavailableError),
)
async def judgePassword(asked: JudgePasswordInput, useCases: UseCasesDep) -> PasswordStrengthOutput:
    return await useCases.judgePassword.execute(asked)


@passwordRouter.post(
    "/forgot",
    summary="Ask for a reset code",
    description="Orders a mail with a code. The answer is the same for every address.",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[openToAll],
    responses=problemsOf(ProofRequiredError, InvalidInputError, TooManyRequestsError, UnavailableError),
)
async def requestPasswordReset(asked: EmailInput, device: DeviceDep, useCases: UseCasesDep) -> ResetSentOutput:
    return await useCases.requestPasswordReset.execute(asked, device)


@passwordRouter.post(
    "/reset",
    summary="Set a new password by code",
    description="Ends every session of the account. An account with a second factor needs one of those too, which "
    "stays set up. A password or factor that is refused leaves the code unspent.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[openToAll],
    responses=problemsOf(
        CodeInvalidError,
        SecondFactorRequiredError,
        SecondFactorInvalidError,
        TooManyAttemptsError,
        InvalidInputError,
        PasswordCompromisedError,
        PasswordTooShortError,
        PasswordTooLongError,
        TooManyRequestsError,
        HashPoolFullError,
        RevocationPendingError,
        UnavailableError,
    ),
)
async def resetPassword(reset: ResetPasswordInput, device: DeviceDep, useCases: UseCasesDep) -> None:
    await useCases.resetPassword.execute(reset, device)


@passwordRouter.post(
    "/change",
    summary="Change the own password",
    description="Needs the present password, and a second factor that was shown a moment ago where there is one. Ends "
    "every other session of the account; this one goes on under a new cookie.",
    status_code=HTTPStatus.NO_CONTENT,
    response_model=None,
    responses=problemsOf(
        UnauthenticatedError,
        ReauthenticationRequiredError,
        CsrfRequiredError,
        CurrentPasswordWrongError,
        InvalidInputError,
        PasswordCompromisedError,
        PasswordTooShortError,
        PasswordTooLongError,
        TooManyRequestsError,
        HashPoolFullError,
        RevocationPendingError,
        UnavailableError,
    ),
)
async def changePassword(
    change: ChangePasswordInput,
    identity: ProvenDep,
    device: DeviceDep,
    useCases: UseCasesDep,
    request: Request,
    response: Response,
) -> Response | None:
    renewal = await useCases.changePassword.execute(change, identity, device)
    return goOn(renewal, None, request, response, useCases.cookie)
