"""What a route declares is what it enforces, and one that declares nothing stops the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response

from shared.backend.exceptions.problems import installProblemHandlers
from shared.backend.http.access import (
    Access,
    BankAccess,
    FreshAccess,
    GateInterface,
    PermissionAccess,
    PublicAccess,
    ScopeAccess,
    SecondFactorAccess,
    SessionAccess,
)
from shared.backend.http.openApi import installOpenApi
from shared.backend.http.routeAccess import UndeclaredRouteError, accessOfRoutes

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Somebody:
    kind: Literal["session", "apiKey"] = "session"
    scopes: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    authenticatedAt: datetime = NOW
    hasSecondFactor: bool = False


@dataclass
class Gate(GateInterface[Somebody]):
    caller: Somebody = field(default_factory=Somebody)
    freshFor: timedelta = timedelta(minutes=5)

    async def identify(self, request: Request) -> Somebody:
        return self.caller

    def now(self) -> datetime:
        return NOW


gate = Gate()


def gateOf(_: Request) -> Gate:
    return gate


async def nothing() -> None:
    return None


async def named(caller: Annotated[Somebody, Depends(SessionAccess(gateOf))]) -> str:
    return caller.kind


def appOf(router: APIRouter) -> FastAPI:
    app = FastAPI(openapi_url=None)
    installProblemHandlers(app)
    app.include_router(router)
    installOpenApi(app, "/openapi.json")
    return app


@pytest.fixture
def router() -> APIRouter:
    router = APIRouter()
    router.add_api_route("/session", named)
    declarations: Mapping[str, Access] = {
        "/public": PublicAccess(),
        "/bank": BankAccess(),
        "/secondFactor": SecondFactorAccess(gateOf),
        "/fresh": FreshAccess(gateOf),
        "/scope": ScopeAccess(gateOf, "profile.read"),
        "/permission": PermissionAccess(gateOf, "user.read"),
        "/freshPermission": PermissionAccess(gateOf, "user.read", isFresh=True),
    }
    for path, access in declarations.items():
        router.add_api_route(path, nothing, dependencies=[Depends(access)])
    return router


async def call(router: APIRouter, path: str, caller: Somebody, headers: dict[str, str] | None = None) -> Response:
    gate.caller = caller
    async with AsyncClient(transport=ASGITransport(appOf(router)), base_url="http://k") as client:
        return await client.get(path, headers=headers)


SESSION = Somebody()
STALE = Somebody(
    authenticatedAt=NOW - timedelta(minutes=5, seconds=1), hasSecondFactor=True, permissions=("user.read",)
)
KEY = Somebody(kind="apiKey", scopes=("payment.read",))
BOSS = Somebody(hasSecondFactor=True, permissions=("user.read",))
TOO_LITTLE = {"auth.secondFactorRequired": 401, "auth.reauthenticationRequired": 401}


@pytest.mark.parametrize(
    ("path", "caller", "code"),
    [
        ("/session", KEY, "auth.sessionRequired"),
        ("/fresh", KEY, "auth.sessionRequired"),
        ("/secondFactor", KEY, "auth.sessionRequired"),
        ("/permission", KEY, "auth.sessionRequired"),
        ("/scope", KEY, "auth.scopeRequired"),
        ("/secondFactor", SESSION, "auth.secondFactorRequired"),
        ("/permission", replace(BOSS, hasSecondFactor=False), "auth.secondFactorRequired"),
        ("/permission", replace(BOSS, permissions=("user.write",)), "auth.permissionDenied"),
        ("/fresh", STALE, "auth.reauthenticationRequired"),
        ("/freshPermission", STALE, "auth.reauthenticationRequired"),
    ],
)
async def testTooLittleIsRefused(router: APIRouter, path: str, caller: Somebody, code: str) -> None:
    answer = await call(router, path, caller)
    assert (answer.status_code, answer.json()["code"]) == (TOO_LITTLE.get(code, 403), code)


@pytest.mark.parametrize(
    ("path", "caller"),
    [
        ("/public", SESSION),
        ("/bank", SESSION),
        ("/session", SESSION),
        ("/fresh", replace(STALE, authenticatedAt=NOW - timedelta(minutes=5))),
        ("/secondFactor", STALE),
        ("/scope", SESSION),
        ("/scope", Somebody(kind="apiKey", scopes=("profile.read",))),
        ("/permission", STALE),
        ("/freshPermission", BOSS),
    ],
)
async def testEnoughIsEnough(router: APIRouter, path: str, caller: Somebody) -> None:
    assert (await call(router, path, caller)).status_code == 200


async def testAStaleSignInIsToldHowOldItMayBe(router: APIRouter) -> None:
    """RFC 9470, 3: the scheme is the one the caller used."""
    answer = await call(router, "/fresh", STALE, {"Authorization": "Bearer x"})
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="insufficient_user_authentication", error_description="')
    assert challenge.endswith('max_age="300"')
    assert (await call(router, "/fresh", STALE)).headers["WWW-Authenticate"].startswith("Session error=")


async def testAMissingScopeIsNamed(router: APIRouter) -> None:
    """RFC 6750, 3.1."""
    answer = await call(router, "/scope", KEY)
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="profile.read"'


def testARouteThatDeclaresNothingStopsTheServer(router: APIRouter) -> None:
    router.add_api_route("/forgotten/{itemId}", nothing, methods=["DELETE"])
    with pytest.raises(UndeclaredRouteError, match=r"DELETE /forgotten/\{itemId\}$"):
        appOf(router)


def testARouteThatDeclaresTwoThingsStopsTheServer(router: APIRouter) -> None:
    router.add_api_route("/both", named, dependencies=[Depends(PublicAccess())])
    with pytest.raises(UndeclaredRouteError, match="GET /both"):
        appOf(router)


def testAMountedAppIsNoDeclaredRoute(router: APIRouter) -> None:
    router.mount("/files", nothing)  # type: ignore[arg-type]
    with pytest.raises(UndeclaredRouteError, match="/files"):
        appOf(router)


def testTheDocumentSaysWhoMayCallWhat(router: APIRouter) -> None:
    paths = appOf(router).openapi()["paths"]
    assert paths["/fresh"]["get"]["x-access"] == {"class": "fresh"}
    assert paths["/scope"]["get"]["x-access"] == {"class": "scope", "scope": "profile.read"}
    expected = {"class": "permission", "permission": "user.read", "fresh": True}
    assert paths["/freshPermission"]["get"]["x-access"] == expected


def testTheDocumentSaysHowTooLittleIsRefused(router: APIRouter) -> None:
    """Without its author having listed it."""
    paths = appOf(router).openapi()["paths"]
    for path, status, code in (
        ("/session", "403", "auth.sessionRequired"),
        ("/fresh", "401", "auth.reauthenticationRequired"),
        ("/secondFactor", "401", "auth.secondFactorRequired"),
        ("/scope", "403", "auth.scopeRequired"),
        ("/permission", "403", "auth.permissionDenied"),
    ):
        responses = paths[path]["get"]["responses"]
        assert code in responses[status]["content"]["application/problem+json"]["examples"]
        assert "auth.unauthenticated" in responses["401"]["content"]["application/problem+json"]["examples"]
    assert not {"401", "403"} & set(paths["/public"]["get"]["responses"])


def testTheDocumentsOwnRouteIsDeclaredToo(router: APIRouter) -> None:
    assert isinstance(accessOfRoutes(appOf(router).routes)["GET", "/openapi.json"], PublicAccess)
