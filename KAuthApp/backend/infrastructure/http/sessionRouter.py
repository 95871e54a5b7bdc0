from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from KAuthApp.backend.application.output.sessionOutput import SessionOutput
from KAuthApp.backend.domain.exceptions.authErrors import (
    RevocationPendingError,
    SessionNotFoundError,
    UnauthenticatedError,
)
from KAuthApp.backend.infrastructure.http.dependencies import DeviceDep, IdentityDep, UseCasesDep
from shared.backend.exceptions.errors import InvalidInputError, TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import InvalidCursorError, Page

sessionRouter = APIRouter(prefix="/api/auth/sessions", tags=["sessions"])


@sessionRouter.get(
    "",
    summary="List the own sessions",
    description="Where the person is signed in, the newest sign-in first: an order that no use of a session changes.",
    responses=problemsOf(
        UnauthenticatedError, InvalidInputError, InvalidCursorError, TooManyRequestsError, UnavailableError
    ),
)
async def listSessions(page: PageDep, identity: IdentityDep, useCases: UseCasesDep) -> Page[SessionOutput]:
    return await useCases.listSessions.execute(page, identity)


@sessionRouter.delete(
    "/{sessionId}",
    summary="End one of the own sessions",
    description="After the answer nothing accepts its credentials. Ending one that has ended already is fine.",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problemsOf(
        UnauthenticatedError,
        CsrfRequiredError,
        SessionNotFoundError,
        InvalidInputError,
        TooManyRequestsError,
        RevocationPendingError,
        UnavailableError,
    ),
)
async def revokeSession(sessionId: UUID, identity: IdentityDep, useCases: UseCasesDep) -> None:
    await useCases.revokeSession.execute(sessionId, identity)


@sessionRouter.delete(
    "",
    summary="End all other sessions",
    description="Ends every session of the person but the one that asks; no other browser is known any more.",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problemsOf(
        UnauthenticatedError, CsrfRequiredError, TooManyRequestsError, RevocationPendingError, UnavailableError
    ),
)
async def revokeOtherSessions(identity: IdentityDep, device: DeviceDep, useCases: UseCasesDep) -> None:
    await useCases.revokeOtherSessions.execute(identity, device)
