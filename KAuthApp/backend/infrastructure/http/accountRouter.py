from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter

from KAuthApp.backend.application.input.emailInput import EmailInput
from KAuthApp.backend.application.input.registerUserInput import RegisterUserInput
from KAuthApp.backend.application.input.updateProfileInput import UpdateProfileInput
from KAuthApp.backend.application.input.verifyEmailInput import VerifyEmailInput
from KAuthApp.backend.application.output.profileOutput import ProfileOutput
from KAuthApp.backend.application.output.statusOutputs import EmailVerifiedOutput, VerificationSentOutput
from KAuthApp.backend.domain.exceptions.authErrors import (
    CodeInvalidError,
    PasswordCompromisedError,
    PasswordRequiredError,
    PasswordTooLongError,
    PasswordTooShortError,
    ProofRequiredError,
    UnauthenticatedError,
)
from KAuthApp.backend.infrastructure.http.dependencies import (
    DeviceDep,
    IdentityDep,
    ProfileReaderDep,
    UseCasesDep,
    openToAll,
)
from shared.backend.cryptoFactory import HashPoolFullError
from shared.backend.exceptions.accessErrors import ScopeRequiredError
from shared.backend.exceptions.errors import InvalidInputError, TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError

accountRouter = APIRouter(prefix="/api/auth", tags=["account"])


@accountRouter.post(
    "/register",
    summary="Register",
    description="Orders an account. The answer, its shape and its time are the same whether or not the address is "
    "known: an unknown one is mailed a code, the owner of a known one is mailed a notice.",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[openToAll],
    responses=problemsOf(
        ProofRequiredError,
        InvalidInputError,
        PasswordCompromisedError,
        PasswordTooShortError,
        PasswordTooLongError,
        TooManyRequestsError,
        HashPoolFullError,
        UnavailableError,
    ),
)
async def register(registration: RegisterUserInput, device: DeviceDep, useCases: UseCasesDep) -> VerificationSentOutput:
    return await useCases.register.execute(registration, device)


@accountRouter.post(
    "/verify-email",
    summary="Confirm an address",
    description="Proves an address by the code that was mailed to it. A code works once, for a quarter of an hour, "
    "and five wrong tries void it. A `password` becomes the account's; one is needed where several people registered "
    "the address (`auth.passwordRequired`), and without it the code stays unspent.",
    dependencies=[openToAll],
    responses=problemsOf(
        CodeInvalidError,
        PasswordRequiredError,
        InvalidInputError,
        PasswordCompromisedError,
        PasswordTooShortError,
        PasswordTooLongError,
        TooManyRequestsError,
        HashPoolFullError,
        UnavailableError,
    ),
)
async def verifyEmail(proof: VerifyEmailInput, useCases: UseCasesDep) -> EmailVerifiedOutput:
    return await useCases.verifyEmail.execute(proof)


@accountRouter.post(
    "/verify-email/resend",
    summary="Send the code again",
    description="Orders another mail with a new code, which voids the one before. The answer is the same for every "
    "address.",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[openToAll],
    responses=problemsOf(ProofRequiredError, InvalidInputError, TooManyRequestsError, UnavailableError),
)
async def resendVerification(asked: EmailInput, device: DeviceDep, useCases: UseCasesDep) -> VerificationSentOutput:
    return await useCases.resendVerification.execute(asked, device)


@accountRouter.get(
    "/me",
    summary="Show the own account",
    description="The account behind the session, token or API key of this request.",
    responses=problemsOf(UnauthenticatedError, ScopeRequiredError, TooManyRequestsError, UnavailableError),
)
async def getProfile(identity: ProfileReaderDep, useCases: UseCasesDep) -> ProfileOutput:
    return await useCases.getProfile.execute(identity)


@accountRouter.patch(
    "/me",
    summary="Change the own profile",
    description="Changes what is given and leaves the rest. An empty name takes the name away.",
    responses=problemsOf(
        UnauthenticatedError, CsrfRequiredError, InvalidInputError, TooManyRequestsError, UnavailableError
    ),
)
async def updateProfile(change: UpdateProfileInput, identity: IdentityDep, useCases: UseCasesDep) -> ProfileOutput:
    return await useCases.updateProfile.execute(change, identity)
