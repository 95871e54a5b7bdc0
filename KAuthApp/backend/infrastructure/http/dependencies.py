from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.domain.exceptions.authErrors import UnauthenticatedError
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.infrastructure.http.authUseCases import AuthUseCases
from shared.backend.http.credentials import Credential, credentialFrom, ensureCsrf
from shared.backend.http.requestContext import RequestContextDep


def provideUseCases(request: Request) -> AuthUseCases:
    useCases: AuthUseCases = request.state.authUseCases
    return useCases


UseCasesDep = Annotated[AuthUseCases, Depends(provideUseCases)]


def provideCredential(request: Request, useCases: UseCasesDep) -> Credential:
    credential = credentialFrom(request, useCases.cookie.name)
    if credential is None:
        raise UnauthenticatedError
    return credential


CredentialDep = Annotated[Credential, Depends(provideCredential)]


async def provideIdentity(request: Request, credential: CredentialDep, useCases: UseCasesDep) -> IdentityDTO:
    """Who asks. A cookie that wants to change something needs its CSRF token too."""
    identity = await useCases.resolveIdentity.execute(credential)
    ensureCsrf(request, credential)
    return identity


IdentityDep = Annotated[IdentityDTO, Depends(provideIdentity)]


def provideDevice(context: RequestContextDep) -> Device:
    return Device(ip=context.clientIp[:45] or None, userAgent=context.userAgent)


DeviceDep = Annotated[Device, Depends(provideDevice)]


def forbidStoring(response: Response) -> None:
    """Answers about people and secrets stay out of every cache."""
    response.headers["Cache-Control"] = "no-store"
