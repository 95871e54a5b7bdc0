"""Every route of both servers, called with too little: what it declares is what it enforces."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from fastapi import Depends, FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response

from admin_server import createAdminApp
from conftest import DatabaseUrls
from KAuthApp.backend.domain.policies.apiScope import ApiScope
from public_server import createPublicApp
from scripts.stack.keys import ensureKeys
from shared.backend.http import access as access_
from shared.backend.http.access import (
    Access,
    BankAccess,
    Caller,
    FreshAccess,
    GateInterface,
    PermissionAccess,
    PublicAccess,
    ScopeAccess,
    SecondFactorAccess,
    SessionAccess,
)
from shared.backend.http.routeAccess import accessOfRoutes
from tests.support.bothServers import BothServers, Callers, Headers, gatherCallers, runBothServers

NOBODY: Final[Headers] = {}
FORGED: Final[Headers] = {"Cookie": f"kSession={'x' * 43}; kAdminSession={'x' * 43}"}
SAFE: Final = frozenset({"GET", "HEAD"})
AN_ID: Final = "0192f0c1-2345-7abc-8def-0123456789ab"
UNKNOWN: Final = (401, "auth.unauthenticated")


@dataclass(frozen=True)
class Route:
    """One call of one server, and what it says who may make it."""

    server: str
    method: str
    path: str
    access: Access

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def url(self) -> str:
        return "/".join(AN_ID if part.startswith("{") else part for part in self.path.split("/"))


@dataclass(frozen=True)
class Case:
    """Somebody who may not, and how that is said."""

    who: str
    headers: Headers
    status: int
    code: str


def routesOf(server: str, app: FastAPI) -> Iterator[Route]:
    for (method, path), access in accessOfRoutes(app.routes).items():
        yield Route(server, method, path, access)


ROUTES: Final = [*routesOf("public", createPublicApp()), *routesOf("admin", createAdminApp())]
GUARDED: Final = [route for route in ROUTES if not isinstance(route.access, PublicAccess | BankAccess)]


@pytest.fixture(scope="module")
async def servers(
    serverEnvironment: dict[str, object], database: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BothServers]:
    bank = bankSettings(tmp_path_factory.mktemp("keys"))
    async with runBothServers({**serverEnvironment, **bank}, database.superuser) as running:
        yield running


@pytest.fixture(scope="module")
async def callers(servers: BothServers) -> Callers:
    return await gatherCallers(servers)


def bankSettings(folder: Path) -> dict[str, object]:
    ensureKeys(folder)
    return {
        "briClientId": "client",
        "briClientSecret": "secret",
        "briPartnerId": "partner",
        "briPartnerServiceId": "12345",
        "briPrivateKey": (folder / "merchantPrivateKey.pem").read_text(),
        "briBankPublicKey": (folder / "bankPublicKey.pem").read_text(),
        "briInboundClientId": "bank",
        "briInboundClientSecret": "bankSecret",
    }


def withoutCsrf(headers: Headers) -> Headers:
    return {name: value for name, value in headers.items() if name != "X-CSRF-Token"}


def tooLittleFor(route: Route, callers: Callers) -> Iterator[Case]:
    """Everybody who must be refused here."""
    yield Case("nobody", NOBODY, *UNKNOWN)
    yield Case("a forged cookie", FORGED, *UNKNOWN)
    yield from (strangersToAdmin(callers) if route.server == "admin" else strangersToPublic(callers))
    own = callers.administrator if route.server == "admin" else callers.customer
    stale = callers.staleAdministrator if route.server == "admin" else callers.staleCustomer
    if route.method not in SAFE:
        yield Case("a cookie without its CSRF token", withoutCsrf(own), 403, "auth.csrfRequired")
    if isinstance(route.access, SessionAccess) and route.server == "public":
        yield Case("an API key", callers.keys[frozenset(ApiScope)], 403, "auth.sessionRequired")
    if isinstance(route.access, ScopeAccess) and route.access.scope is not None:
        others = frozenset(each for each in ApiScope if each != route.access.scope)
        yield Case("an API key for everything else", callers.keys[others], 403, "auth.scopeRequired")
    if isinstance(route.access, PermissionAccess):
        yield Case("an administrator who may do all else", own, 403, "auth.permissionDenied")
    if isinstance(route.access, SecondFactorAccess) and route.server == "public":
        yield Case("a password alone", own, 401, "auth.secondFactorRequired")
    if isFresh(route.access):
        yield Case("a stale sign-in", stale, 401, "auth.reauthenticationRequired")


def strangersToAdmin(callers: Callers) -> Iterator[Case]:
    yield Case("a password without its second factor", callers.halfAdministrator, *UNKNOWN)
    yield Case("a customer", callers.customer, *UNKNOWN)
    yield Case("a customer's token", callers.token, *UNKNOWN)
    yield Case("a customer's API key", callers.keys[frozenset(ApiScope)], *UNKNOWN)
    yield Case("a customer's cookie under our name", renamed(callers.customer, "kAdminSession"), *UNKNOWN)


def strangersToPublic(callers: Callers) -> Iterator[Case]:
    yield Case("an administrator", callers.administrator, *UNKNOWN)
    yield Case("an administrator's cookie under our name", renamed(callers.administrator, "kSession"), *UNKNOWN)


def renamed(headers: Headers, cookie: str) -> Headers:
    return {**headers, "Cookie": f"{cookie}={headers['Cookie'].partition('=')[2]}"}


def isFresh(access: Access) -> bool:
    return isinstance(access, FreshAccess) or (isinstance(access, PermissionAccess) and access.isFresh)


async def call(client: AsyncClient, route: Route, headers: Headers) -> Response:
    content = None if route.method in SAFE else b"{}"
    json = {"Content-Type": "application/json"}
    return await client.request(route.method, route.url, content=content, headers={**json, **headers})


async def complaintsAbout(route: Route, client: AsyncClient, callers: Callers) -> list[str]:
    """Who was not refused as they should be."""
    complaints = []
    for case in tooLittleFor(route, callers):
        answer = await call(client, route, case.headers)
        if (answer.status_code, codeOf(answer)) != (case.status, case.code):
            complaints.append(f"{route}: {case.who}: {answer.status_code} {answer.text[:200]}")
    return complaints


def codeOf(answer: Response) -> str:
    isProblem = answer.headers.get("content-type", "") == "application/problem+json"
    return str(answer.json()["code"]) if isProblem else ""


@pytest.mark.parametrize("route", GUARDED, ids=str)
async def testTooLittleIsRefused(servers: BothServers, callers: Callers, route: Route) -> None:
    if isinstance(route.access, PermissionAccess):
        await servers.grantAllBut(route.access.permission)
    client = servers.admin if route.server == "admin" else servers.public
    lacking = [each for each in await complaintsAbout(route, client, callers) if "a stale sign-in" not in each]
    assert lacking == []


@pytest.mark.parametrize("route", [route for route in GUARDED if isFresh(route.access)], ids=str)
async def testAStaleSignInIsRefusedWhereAFreshOneIsAsked(servers: BothServers, callers: Callers, route: Route) -> None:
    await servers.grantAllBut("none of them")
    client = servers.admin if route.server == "admin" else servers.public
    stale = callers.staleAdministrator if route.server == "admin" else callers.staleCustomer
    answer = await call(client, route, stale)
    assert (answer.status_code, codeOf(answer)) == (401, "auth.reauthenticationRequired")
    assert 'error="insufficient_user_authentication"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("route", [route for route in ROUTES if isinstance(route.access, PublicAccess)], ids=str)
async def testWhatIsOpenAsksForNoSession(servers: BothServers, route: Route) -> None:
    client = servers.admin if route.server == "admin" else servers.public
    answer = await call(client, route, NOBODY)
    assert codeOf(answer) not in {"auth.unauthenticated", "auth.csrfRequired"}
    assert answer.status_code < 500


@pytest.mark.parametrize("route", [route for route in ROUTES if isinstance(route.access, BankAccess)], ids=str)
async def testTheBanksRoutesAreForTheBank(servers: BothServers, callers: Callers, route: Route) -> None:
    for headers in (NOBODY, callers.customer, callers.token, callers.keys[frozenset(ApiScope)]):
        answer = await call(servers.public, route, headers)
        assert answer.status_code in {400, 401}
        assert answer.json()["responseCode"].startswith(("400", "401"))


def neverAsked(_: Request) -> GateInterface[Caller]:
    raise AssertionError("who lets everybody in asks nobody")


async def letIn(_: object, request: Request) -> None:
    """What a declaration that enforces nothing does."""


async def testTheCheckFindsRoutesThatLetIn(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    app = FastAPI(openapi_url=None)
    planted: Mapping[str, Access] = {
        "/session": SessionAccess(neverAsked),
        "/fresh": FreshAccess(neverAsked),
        "/secondFactor": SecondFactorAccess(neverAsked),
        "/scope": ScopeAccess(neverAsked, ApiScope.PROFILE_READ),
        "/permission": PermissionAccess(neverAsked, "user.read"),
    }
    for path, access in planted.items():
        app.add_api_route(path, lambda: None, dependencies=[Depends(access)])
    monkeypatch.setattr(access_._CallerAccess, "__call__", letIn)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://k") as client:
        for route in routesOf("public", app):
            complaints = await complaintsAbout(route, client, callers)
            assert len(complaints) == len(list(tooLittleFor(route, callers))) > 3
