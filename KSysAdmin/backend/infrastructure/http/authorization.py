from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, Request, Response
from fastapi.params import Depends as DependsParameter
from pydantic import SecretStr

from KSysAdmin.backend.application.adminUseCases import AdminUseCases
from KSysAdmin.backend.application.output.signedInOutput import SignedInOutput
from KSysAdmin.backend.application.services.resolveAdministratorService import ResolveAdministratorService
from KSysAdmin.backend.application.signIn.signInCaller import SignInCaller
from KSysAdmin.backend.domain.exceptions.administratorErrors import NotAuthenticatedError, PermissionDeniedError
from KSysAdmin.backend.domain.models.administratorDevice import REMEMBERED_FOR
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.freshness import FRESH_FOR
from KSysAdmin.backend.domain.policies.permission import Permission
from shared.backend.exceptions.accessErrors import ReauthenticationRequiredError
from shared.backend.exceptions.errors import DomainError
from shared.backend.http.access import FreshAccess, GateInterface, PermissionAccess, PublicAccess, SecondFactorAccess
from shared.backend.http.credentials import (
    MAX_CREDENTIAL_LENGTH,
    Credential,
    CsrfRequiredError,
    cookieNameFor,
    credentialFrom,
    ensureCsrf,
    hashCredential,
)
from shared.backend.http.requestContext import RequestContextDep
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.valueObject import ValueObject

COOKIE_NAME: Final = "kAdminSession"
DEVICE_COOKIE_NAME: Final = "kAdminDevice"
DEVICE_COOKIE_SECONDS: Final = int(REMEMBERED_FOR.total_seconds())
REFUSALS: Final[tuple[type[DomainError], ...]] = (NotAuthenticatedError, PermissionDeniedError)
CHANGE_REFUSALS: Final[tuple[type[DomainError], ...]] = (*REFUSALS, CsrfRequiredError)
FRESH_REFUSALS: Final[tuple[type[DomainError], ...]] = (*CHANGE_REFUSALS, ReauthenticationRequiredError)
OWN_REFUSALS: Final[tuple[type[DomainError], ...]] = (NotAuthenticatedError, CsrfRequiredError)
OWN_FRESH_REFUSALS: Final[tuple[type[DomainError], ...]] = (*OWN_REFUSALS, ReauthenticationRequiredError)


class AdminCookie(ValueObject):
    """The cookies of an administrator on this site: the session's, and the one by which the browser is known again."""

    name: str
    deviceName: str
    isSecure: bool

    @classmethod
    def forSite(cls, publicBaseUrl: str) -> AdminCookie:
        return cls(
            name=cookieNameFor(COOKIE_NAME, publicBaseUrl),
            deviceName=cookieNameFor(DEVICE_COOKIE_NAME, publicBaseUrl),
            isSecure=publicBaseUrl.startswith("https://"),
        )

    def put(self, response: Response, signedIn: SignedInOutput) -> None:
        self.putSession(response, signedIn.sessionSecret, signedIn.expiresAt)
        if signedIn.deviceToken is not None:
            self.putDevice(response, signedIn.deviceToken)

    def putSession(self, response: Response, secret: SecretStr, expiresAt: datetime) -> None:
        self._set(response, self.name, secret, expires=expiresAt)

    def putDevice(self, response: Response, token: SecretStr) -> None:
        self._set(response, self.deviceName, token, seconds=DEVICE_COOKIE_SECONDS)

    def deviceTokenHash(self, request: Request) -> str | None:
        """Of what the browser says it was given at an earlier sign-in."""
        token = request.cookies.get(self.deviceName, "")
        return hashCredential(token) if 0 < len(token) <= MAX_CREDENTIAL_LENGTH else None

    def _set(
        self,
        response: Response,
        name: str,
        value: SecretStr,
        *,
        expires: datetime | None = None,
        seconds: int | None = None,
    ) -> None:
        response.set_cookie(
            name,
            value.get_secret_value(),
            max_age=seconds,
            expires=expires,
            path="/",
            secure=self.isSecure,
            httponly=True,
            samesite="lax",
        )

    def remove(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self.isSecure, httponly=True, samesite="lax")


async def provideUseCases(request: Request) -> AdminUseCases:
    useCases: AdminUseCases = request.state.adminUseCases
    return useCases


async def provideCookie(request: Request) -> AdminCookie:
    cookie: AdminCookie = request.state.adminCookie
    return cookie


UseCasesDep = Annotated[AdminUseCases, Depends(provideUseCases)]
CookieDep = Annotated[AdminCookie, Depends(provideCookie)]


class AdminGate(GateInterface[AdminActor]):
    """Takes the session cookie only; a bearer token is never taken here, whatever else comes with it."""

    freshFor = FRESH_FOR

    def __init__(self, resolve: ResolveAdministratorService, cookie: AdminCookie, clock: ClockInterface) -> None:
        self._resolve, self._cookie, self._clock = resolve, cookie, clock

    async def identify(self, request: Request) -> AdminActor:
        credential = self.credentialOf(request)
        actor = await self._resolve.execute(credential.hash)
        ensureCsrf(request, credential)
        return actor

    def credentialOf(self, request: Request) -> Credential:
        credential = credentialFrom(request, self._cookie.name)
        if credential is None or credential.kind != "cookie":
            raise NotAuthenticatedError(challenge="Session")
        return credential

    def now(self) -> datetime:
        return self._clock.now()


def _gateOf(request: Request) -> AdminGate:
    gate: AdminGate = request.state.adminGate
    return gate


async def provideCredential(request: Request) -> Credential:
    return _gateOf(request).credentialOf(request)


CredentialDep = Annotated[Credential, Depends(provideCredential)]

# What a route may declare, as the parameter that tells who asks or among its `dependencies`.
OPEN_TO_ALL: Final = PublicAccess()
SIGNED_IN: Final = SecondFactorAccess(_gateOf)
FRESH: Final = FreshAccess(_gateOf)
SignedInDep = Annotated[AdminActor, Depends(SIGNED_IN)]
FreshDep = Annotated[AdminActor, Depends(FRESH)]


def openToAll() -> DependsParameter:
    """For a route's `dependencies`: everybody may come."""
    return DependsParameter(OPEN_TO_ALL)


def requiresSession() -> DependsParameter:
    """What a person may always do with the own session."""
    return DependsParameter(SIGNED_IN)


def requiresFreshSession() -> DependsParameter:
    """What a person may do with the own account a moment after having proved who that is."""
    return DependsParameter(FRESH)


def requires(permission: Permission, isFresh: bool = False) -> DependsParameter:
    """Which permission a route needs, and whether the sign-in must be a moment ago."""
    return DependsParameter(PermissionAccess(_gateOf, permission, isFresh))


async def provideActor(request: Request) -> AdminActor:
    """Whom the route's declaration let in."""
    actor: AdminActor = request.state.caller
    return actor


ActorDep = Annotated[AdminActor, Depends(provideActor)]


async def provideSignInCaller(request: Request, cookie: CookieDep, context: RequestContextDep) -> SignInCaller:
    return SignInCaller.of(context, cookie.deviceTokenHash(request))


SignInCallerDep = Annotated[SignInCaller, Depends(provideSignInCaller)]
