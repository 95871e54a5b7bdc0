from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.domain.exceptions.authErrors import UnauthenticatedError
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.infrastructure.http.authUseCases import AuthUseCases
from shared.backend.http.credentials import Credential, credentialFrom, ensureCsrf
from shared.backend.http.requestContext import RequestContextDep


async def provideUseCases(request: Request) -> AuthUseCases:
    return _useCasesOf(request)


UseCasesDep = Annotated[AuthUseCases, Depends(provideUseCases)]


async def provideCredential(request: Request) -> Credential:
    return _credentialOf(request)


CredentialDep = Annotated[Credential, Depends(provideCredential)]


async def provideIdentity(request: Request) -> IdentityDTO:
    """Who asks. A cookie that wants to change something needs its CSRF token too."""
    credential = _credentialOf(request)
    identity = await _useCasesOf(request).resolveIdentity.execute(credential)
    ensureCsrf(request, credential)
    return identity


IdentityDep = Annotated[IdentityDTO, Depends(provideIdentity)]


async def provideDevice(context: RequestContextDep) -> Device:
    return Device(ip=context.clientIp[:45] or None, userAgent=context.userAgent)


DeviceDep = Annotated[Device, Depends(provideDevice)]


async def forbidStoring(response: Response) -> None:
    """Answers about people and secrets stay out of every cache."""
    response.headers["Cache-Control"] = "no-store"


# Every session check comes through here. Functions instead of dependencies of dependencies: FastAPI walks that tree
# anew for each request, which costs more than the check itself.
def _useCasesOf(request: Request) -> AuthUseCases:
    useCases: AuthUseCases = request.state.authUseCases
    return useCases


def _credentialOf(request: Request) -> Credential:
    credential = credentialFrom(request, _useCasesOf(request).cookie.name)
    if credential is None:
        raise UnauthenticatedError
    return credential
