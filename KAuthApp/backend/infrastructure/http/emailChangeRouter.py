from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter

from KAuthApp.backend.application.input.emailChangeInput import (
    AskEmailChangeInput,
    ConfirmEmailChangeInput,
    RevertEmailChangeInput,
)
from KAuthApp.backend.application.output.emailChangeOutput import EmailChangeAskedOutput, EmailChangedOutput
from KAuthApp.backend.domain.exceptions.authErrors import (
    CodeInvalidError,
    EmailUnchangedError,
    RevertInvalidError,
    RevocationPendingError,
    TooManyAttemptsError,
    UnauthenticatedError,
)
from KAuthApp.backend.infrastructure.http.dependencies import FreshDep, IdentityDep, UseCasesDep, openToAll
from shared.backend.exceptions.accessErrors import ReauthenticationRequiredError, SessionRequiredError
from shared.backend.exceptions.errors import InvalidInputError, TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError

emailChangeRouter = APIRouter(prefix="/api/auth/email/change", tags=["account"])


@emailChangeRouter.post(
    "",
    summary="Ask to move to another address",
    description="Mails a code to the address so far and one to the new address; both are needed. The answer is the "
    "same whether or not somebody has the new address: its owner gets a notice, and no code is good for it. Asking "
    "again voids what was asked before.",
    status_code=HTTPStatus.ACCEPTED,
    responses=problemsOf(
        UnauthenticatedError,
        ReauthenticationRequiredError,
        SessionRequiredError,
        CsrfRequiredError,
        InvalidInputError,
        EmailUnchangedError,
        TooManyAttemptsError,
        TooManyRequestsError,
        UnavailableError,
    ),
)
async def askEmailChange(
    asked: AskEmailChangeInput, identity: FreshDep, useCases: UseCasesDep
) -> EmailChangeAskedOutput:
    return await useCases.askEmailChange.execute(asked, identity)


@emailChangeRouter.post(
    "/confirm",
    summary="Move to the new address by both codes",
    description="From now on the new address signs in; every other session of the account ends. Both codes are spent "
    "together or not at all. For a week a link in a mail to the former address takes the change back.",
    responses=problemsOf(
        CodeInvalidError,
        UnauthenticatedError,
        SessionRequiredError,
        CsrfRequiredError,
        InvalidInputError,
        TooManyRequestsError,
        RevocationPendingError,
        UnavailableError,
    ),
)
async def confirmEmailChange(
    proof: ConfirmEmailChangeInput, identity: IdentityDep, useCases: UseCasesDep
) -> EmailChangedOutput:
    return await useCases.confirmEmailChange.execute(proof, identity)


@emailChangeRouter.delete(
    "",
    summary="Give up moving to another address",
    description="Voids the codes that were mailed. When nothing was asked for there is nothing to do.",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problemsOf(
        UnauthenticatedError, SessionRequiredError, CsrfRequiredError, TooManyRequestsError, UnavailableError
    ),
)
async def cancelEmailChange(identity: IdentityDep, useCases: UseCasesDep) -> None:
    await useCases.cancelEmailChange.execute(identity)


@emailChangeRouter.post(
    "/revert",
    summary="Take a change of address back",
    description="For who has the link that was mailed to the former address. It becomes the address of the account "
    "again and every session ends. Opening the link spends nothing: the page behind it sends this call.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[openToAll],
    responses=problemsOf(
        RevertInvalidError, InvalidInputError, TooManyRequestsError, RevocationPendingError, UnavailableError
    ),
)
async def revertEmailChange(asked: RevertEmailChangeInput, useCases: UseCasesDep) -> None:
    await useCases.revertEmailChange.execute(asked)
