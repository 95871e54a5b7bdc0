"""The table in front of the routes changes how fast one is found, and nothing else."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI, Request
from httpx import ASGITransport, AsyncClient
from starlette.routing import Match

from shared.backend.exceptions.problems import installProblemHandlers
from shared.backend.http.access import PublicAccess
from shared.backend.http.openApi import installOpenApi
from shared.backend.http.routeIndex import RouteIndex, installRouteIndex

router = APIRouter(prefix="/api", dependencies=[Depends(PublicAccess())])


@router.get("/things")
async def listThings(request: Request, after: str = "") -> list[str]:
    return [after, request.scope["route"].name]


@router.post("/things")
async def addThing() -> str:
    return "added"


@router.get("/things/{thingId}")
async def showThing(thingId: int) -> int:
    return thingId


def anApp(isIndexed: bool) -> FastAPI:
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    installProblemHandlers(app)
    app.include_router(router)
    installOpenApi(app, "/openapi.json")
    if isIndexed:
        installRouteIndex(app)
    return app


CALLS = [
    ("GET", "/api/things?after=x"),
    ("POST", "/api/things"),
    ("DELETE", "/api/things"),
    ("GET", "/api/things/"),
    ("GET", "/api/things/5"),
    ("GET", "/api/things/five"),
    ("GET", "/api/nothing"),
    ("GET", "/openapi.json"),
]


async def testEveryAnswerIsTheSame() -> None:
    answers = []
    for isIndexed in (False, True):
        async with AsyncClient(transport=ASGITransport(anApp(isIndexed)), base_url="http://k") as client:
            got = [await client.request(method, url) for method, url in CALLS]
        answers.append([(each.status_code, each.headers.get("Allow"), _without(each.json())) for each in got])
    assert answers[0] == answers[1]
    assert [status for status, _, _ in answers[0]] == [200, 200, 405, 404, 200, 422, 404, 200]


def testAPathWithoutParametersIsFoundInTheTable() -> None:
    table = anApp(isIndexed=True).routes[0]
    assert isinstance(table, RouteIndex)
    scope = {"type": "http", "method": "GET", "path": "/api/things"}
    assert table.matches(scope)[0] is Match.FULL
    assert table.matches({**scope, "path": "/api/things/5"})[0] is Match.NONE
    assert table.matches({**scope, "method": "DELETE"})[0] is Match.NONE


def _without(body: object) -> object:
    return {name: value for name, value in body.items() if name != "requestId"} if isinstance(body, dict) else body
