from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.services.resolveIdentityService import ResolveIdentityService
from KAuthApp.backend.domain.exceptions.authErrors import UnauthenticatedError
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.domain.policies.apiScope import ApiScope
from KAuthApp.backend.infrastructure.http.authUseCases import AuthUseCases
from KAuthApp.backend.infrastructure.http.cookies import SessionCookie
from shared.backend.http.access import (
    FreshAccess,
    GateInterface,
    ProvenAccess,
    PublicAccess,
    ScopeAccess,
    SecondFactorAccess,
    SessionAccess,
)
from shared.backend.http.credentials import Credential, credentialFrom, ensureCsrf
from shared.backend.http.requestContext import RequestContextDep
from shared.backend.utils.clock import ClockInterface


async def provideUseCases(request: Request) -> AuthUseCases:
    return _useCasesOf(request)


UseCasesDep = Annotated[AuthUseCases, Depends(provideUseCases)]


async def provideCredential(request: Request) -> Credential:
    return _credentialOf(request)


CredentialDep = Annotated[Credential, Depends(provideCredential)]


class AuthGate(GateInterface[IdentityDTO]):
    """Asks the sessions, and reads the cookie of this service."""

    def __init__(
        self, resolve: ResolveIdentityService, cookie: SessionCookie, freshFor: timedelta, clock: ClockInterface
    ) -> None:
        self._resolve, self._cookie, self._clock = resolve, cookie, clock
        self.freshFor = freshFor

    async def identify(self, request: Request) -> IdentityDTO:
        credential = credentialFrom(request, self._cookie.name)
        if credential is None:
            raise UnauthenticatedError
        identity = await self._resolve.execute(credential)
        ensureCsrf(request, credential)
        return identity

    def now(self) -> datetime:
        return self._clock.now()


def _gateOf(request: Request) -> AuthGate:
    gate: AuthGate = request.state.authGate
    return gate


# What a route may declare. Each is handed to the route as who asks: `identity: FreshDep`.
openToAll = Depends(PublicAccess())
IdentityDep = Annotated[IdentityDTO, Depends(SessionAccess(_gateOf))]
FreshDep = Annotated[IdentityDTO, Depends(FreshAccess(_gateOf))]
ProvenDep = Annotated[IdentityDTO, Depends(ProvenAccess(_gateOf))]
SecondFactorDep = Annotated[IdentityDTO, Depends(SecondFactorAccess(_gateOf))]
AnyCredentialDep = Annotated[IdentityDTO, Depends(ScopeAccess(_gateOf))]
ProfileReaderDep = Annotated[IdentityDTO, Depends(ScopeAccess(_gateOf, ApiScope.PROFILE_READ))]


async def provideDevice(request: Request, context: RequestContextDep) -> Device:
    cookie = _useCasesOf(request).cookie
    return Device(
        ip=context.clientIp[:45] or None,
        userAgent=context.userAgent,
        secrets=cookie.deviceSecrets(request),
        sessionHash=cookie.sessionHash(request),
    )


DeviceDep = Annotated[Device, Depends(provideDevice)]


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
