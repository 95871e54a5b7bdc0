from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.params import Depends as DependsParameter
from fastapi.routing import APIRoute

from KSysAdmin.backend.application.adminUseCases import AdminUseCases
from KSysAdmin.backend.application.output.signedInOutput import SignedInOutput
from KSysAdmin.backend.domain.exceptions.administratorErrors import NotAuthenticatedError, PermissionDeniedError
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.permission import Permission
from shared.backend.exceptions.errors import DomainError
from shared.backend.http.credentials import Credential, CsrfRequiredError, cookieNameFor, credentialFrom, ensureCsrf
from shared.backend.utils.valueObject import ValueObject

COOKIE_NAME: Final = "kAdminSession"
REFUSALS: Final[tuple[type[DomainError], ...]] = (NotAuthenticatedError, PermissionDeniedError)
CHANGE_REFUSALS: Final[tuple[type[DomainError], ...]] = (*REFUSALS, CsrfRequiredError)


class AdminCookie(ValueObject):
    """The cookie that carries an administrator's session on this site."""

    name: str
    isSecure: bool

    @classmethod
    def forSite(cls, publicBaseUrl: str) -> AdminCookie:
        return cls(name=cookieNameFor(COOKIE_NAME, publicBaseUrl), isSecure=publicBaseUrl.startswith("https://"))

    def put(self, response: Response, signedIn: SignedInOutput) -> None:
        response.set_cookie(
            self.name,
            signedIn.sessionSecret.get_secret_value(),
            expires=signedIn.expiresAt,
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


async def provideCredential(request: Request, cookie: CookieDep) -> Credential:
    """The session cookie; a bearer token is never taken here, whatever else comes with it."""
    credential = credentialFrom(request, cookie.name)
    if credential is None or credential.kind != "cookie":
        raise NotAuthenticatedError(challenge="Session")
    return credential


CredentialDep = Annotated[Credential, Depends(provideCredential)]


async def provideActor(request: Request, credential: CredentialDep, useCases: UseCasesDep) -> AdminActor:
    actor = await useCases.resolveAdministrator.execute(credential.hash)
    ensureCsrf(request, credential)
    return actor


ActorDep = Annotated[AdminActor, Depends(provideActor)]


class RequirePermission:
    """Lets through only those whose roles hold the permission."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, actor: ActorDep) -> None:
        actor.ensureMay(self.permission)


class RequireSession:
    """Lets through everyone who is signed in: what a person may always do with the own session."""

    async def __call__(self, actor: ActorDep) -> None:
        return None


class OpenToAll:
    """Says that a route is meant to be reached without a session."""

    async def __call__(self) -> None:
        return None


class UndeclaredRouteError(Exception):
    """A route says neither which permission it needs nor that it is open."""


def requires(permission: Permission) -> DependsParameter:
    """For a route's `dependencies`: which permission it needs."""
    return DependsParameter(RequirePermission(permission))


def requiresSession() -> DependsParameter:
    return DependsParameter(RequireSession())


def openToAll() -> DependsParameter:
    return DependsParameter(OpenToAll())


def ensureEveryRouteDeclares(routers: Sequence[APIRouter]) -> None:
    """UndeclaredRouteError naming every route that declares nothing."""
    undeclared = [
        f"{'/'.join(sorted(getattr(route, 'methods', None) or ['?']))} {getattr(route, 'path', route)}"
        for router in routers
        for route in router.routes
        if not (isinstance(route, APIRoute) and _declares(route))
    ]
    if undeclared:
        raise UndeclaredRouteError(f"these routes declare no permission: {', '.join(undeclared)}")


def _declares(route: APIRoute) -> bool:
    declarations = (RequirePermission, RequireSession, OpenToAll)
    return any(isinstance(each.dependency, declarations) for each in route.dependencies)
