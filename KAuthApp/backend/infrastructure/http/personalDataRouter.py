from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from KAuthApp.backend.application.output.accountExportOutput import AccountExportOutput
from KAuthApp.backend.domain.exceptions.authErrors import RevocationPendingError, UnauthenticatedError
from KAuthApp.backend.infrastructure.http.dependencies import FreshDep, UseCasesDep
from KAuthApp.backend.infrastructure.http.exportStream import spellExport
from shared.backend.exceptions.accessErrors import ReauthenticationRequiredError, SessionRequiredError
from shared.backend.exceptions.errors import TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError

personalDataRouter = APIRouter(prefix="/api/auth/account", tags=["account"])

_REFUSALS = (
    UnauthenticatedError,
    ReauthenticationRequiredError,
    SessionRequiredError,
    CsrfRequiredError,
    TooManyRequestsError,
    UnavailableError,
)


@personalDataRouter.post(
    "/export",
    summary="Get everything stored about oneself",
    description="The rows of every table of every service that refer to the person, payments and the audit included. "
    "What is sealed is opened; a secret is not shown, but that there is one is.",
    response_class=StreamingResponse,
    responses={HTTPStatus.OK.value: {"model": AccountExportOutput}, **problemsOf(*_REFUSALS)},
)
async def exportAccount(identity: FreshDep, useCases: UseCasesDep) -> StreamingResponse:
    export = await useCases.exportAccount.execute(identity)
    headers = {"Content-Disposition": 'attachment; filename="k-account.json"'}
    return StreamingResponse(spellExport(export), media_type="application/json", headers=headers)


@personalDataRouter.delete(
    "",
    summary="Erase the own account",
    description="Everything stored about the person goes, at once and for good, and every session, token and API key "
    "is dead when this answers. The books and the audit keep a number in place of the person.",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problemsOf(*_REFUSALS, RevocationPendingError),
)
async def eraseAccount(identity: FreshDep, response: Response, useCases: UseCasesDep) -> None:
    await useCases.eraseAccount.execute(identity)
    useCases.cookie.take(response)
