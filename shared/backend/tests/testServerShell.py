"""What every server does around its routes, on an app made the same way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from httpx import ASGITransport, AsyncClient
from pydantic import JsonValue

from shared.backend.exceptions.errors import ConflictError, UnavailableError
from shared.backend.exceptions.problems import installProblemHandlers, problemsOf
from shared.backend.http.access import PublicAccess
from shared.backend.http.openApi import installOpenApi
from shared.backend.middleware.corsMiddleware import CorsMiddleware
from shared.backend.middleware.requestContextMiddleware import RequestContextMiddleware
from shared.backend.utils.apiModel import InputModel
from shared.backend.utils.uuid import isValidId

GATEWAY_SECRET = "known to the gateway only"
ALLOWED = {"https://shop.example"}


class NameInput(InputModel):
    name: str


class TakenError(ConflictError):
    code: ClassVar[str] = "test.taken"
    title: ClassVar[str] = "Taken"


router = APIRouter(dependencies=[Depends(PublicAccess())])


@router.get("/address")
async def readAddress(request: Request) -> str:
    return str(request.scope["requestContext"].clientIp)


@router.get("/kept")
async def readKept(response: Response) -> str:
    response.headers["Cache-Control"] = "public, max-age=300"
    return "kept"


@router.put("/names")
async def renameAll(body: NameInput) -> str:
    return body.name


@router.post("/names", responses=problemsOf(TakenError))
async def takeName(body: NameInput) -> Mapping[str, JsonValue]:
    if body.name == "taken":
        raise TakenError("somebody has it")
    if body.name == "away":
        raise UnavailableError("later", retryAfterSeconds=7)
    if body.name == "broken":
        raise RuntimeError("SELECT secret FROM vault")
    return {"name": body.name}


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    app = FastAPI(openapi_url=None)
    installProblemHandlers(app)
    app.include_router(router)
    installOpenApi(app, "/openapi.json")
    app.add_middleware(CorsMiddleware, allowedOrigins=lambda: ALLOWED)
    app.add_middleware(RequestContextMiddleware, gatewaySecret=lambda: GATEWAY_SECRET)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://k") as opened:
        yield opened


async def testAWellFormedRequestIdIsKept(client: AsyncClient) -> None:
    answer = await client.get("/address", headers={"X-Request-ID": "caller-id.0001"})
    assert answer.headers["X-Request-ID"] == "caller-id.0001"


@pytest.mark.parametrize("offered", ["short", "x" * 129, "has spaces in it", 'quote"quote"quote'])
async def testABadRequestIdIsReplaced(client: AsyncClient, offered: str) -> None:
    answer = await client.get("/address", headers={"X-Request-ID": offered})
    assert isValidId(answer.headers["X-Request-ID"])


async def testTheClientAddressCountsOnlyWithTheGatewaysSecret(client: AsyncClient) -> None:
    forged = {"X-K-Client-Address": "198.51.100.7", "X-K-Gateway-Secret": "a guess"}
    assert (await client.get("/address", headers=forged)).json() == "127.0.0.1"
    forwarded = {"X-Forwarded-For": "198.51.100.7"}
    assert (await client.get("/address", headers=forwarded)).json() == "unknown"
    honest = {"X-K-Client-Address": "198.51.100.7", "X-K-Gateway-Secret": GATEWAY_SECRET}
    assert (await client.get("/address", headers=honest)).json() == "198.51.100.7"


async def testAnswersStayOutOfCachesUnlessTheySayOtherwise(client: AsyncClient) -> None:
    assert (await client.get("/address")).headers["Cache-Control"] == "no-store"
    assert (await client.post("/names", json={"name": "taken"})).headers["Cache-Control"] == "no-store"
    assert (await client.get("/kept")).headers["Cache-Control"] == "public, max-age=300"


async def testARefusalIsAProblemDocument(client: AsyncClient) -> None:
    answer = await client.post("/names", json={"name": "taken"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:k:test.taken",
        "title": "Taken",
        "status": 409,
        "detail": "somebody has it",
        "instance": "/names",
        "code": "test.taken",
        "requestId": answer.headers["X-Request-ID"],
        "errors": [],
    }


async def testAWrongFieldIsNamedAndItsValueNeverRepeated(client: AsyncClient) -> None:
    answer = await client.post("/names", json={"name": ["hunter2"], "more": "hunter2"})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"name", "more"}
    assert "hunter2" not in answer.text


async def testAnUnexpectedFailureSaysNothingButItsRequestId(client: AsyncClient) -> None:
    answer = await client.post("/names", json={"name": "broken"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal.error"
    assert answer.json()["requestId"] == answer.headers["X-Request-ID"]
    assert "vault" not in answer.text


async def testWaitingIsSaidInRetryAfter(client: AsyncClient) -> None:
    answer = await client.post("/names", json={"name": "away"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "7"


async def testUnknownRoutesAndMethodsAreProblemsToo(client: AsyncClient) -> None:
    missing, wrong = await client.get("/nowhere"), await client.delete("/names")
    assert (missing.status_code, missing.json()["code"]) == (404, "request.notFound")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "request.methodNotAllowed")
    assert wrong.headers["Allow"] == "POST, PUT"


async def testAnAllowedOriginMayCallAndAnotherMayNot(client: AsyncClient) -> None:
    allowed = await client.get("/address", headers={"Origin": "https://shop.example"})
    other = await client.get("/address", headers={"Origin": "https://evil.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Origin" in other.headers["Vary"]


async def testAnOriginAllowedLaterIsAllowedAtOnce(client: AsyncClient) -> None:
    preflight = {"Origin": "https://new.example", "Access-Control-Request-Method": "POST"}
    assert (await client.options("/names", headers=preflight)).status_code == 403
    ALLOWED.add("https://new.example")
    answer = await client.options("/names", headers=preflight)
    ALLOWED.discard("https://new.example")
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "https://new.example"
    assert "X-CSRF-Token" in answer.headers["Access-Control-Allow-Headers"]


async def testEveryErrorIsDocumentedAsTheProblemItIs(client: AsyncClient) -> None:
    schema = (await client.get("/openapi.json")).json()
    responses = schema["paths"]["/names"]["post"]["responses"]
    assert set(responses) >= {"200", "400", "409", "413", "422", "429", "500", "502", "503", "504"}
    for status, response in responses.items():
        if status != "200":
            assert list(response["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in schema["components"]["schemas"]
