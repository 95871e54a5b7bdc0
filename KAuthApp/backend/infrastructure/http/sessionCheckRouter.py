from __future__ import annotations

from fastapi import APIRouter, Response

from KAuthApp.backend.application.output.sessionCheckOutput import SessionCheckOutput
from KAuthApp.backend.domain.exceptions.authErrors import UnauthenticatedError
from KAuthApp.backend.infrastructure.http.dependencies import AnyCredentialDep
from shared.backend.exceptions.errors import TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.callerRoute import CallerRoute

sessionCheckRouter = APIRouter(prefix="/api/auth", tags=["sessions"], route_class=CallerRoute)


@sessionCheckRouter.get(
    "/session",
    summary="Check a session, a token or an API key",
    description="Who is behind the credential of this request. The gateway answers it from its copy, and asks the "
    "server when it has none; a revoked credential is refused at once either way.",
    response_model=SessionCheckOutput,
    responses=problemsOf(UnauthenticatedError, TooManyRequestsError, UnavailableError),
)
async def checkSession(identity: AnyCredentialDep) -> Response:
    return Response(SessionCheckOutput.fromIdentity(identity).model_dump_json(), media_type="application/json")
