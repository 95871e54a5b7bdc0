from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from http import HTTPStatus

import httpx
import pytest

from nginx.tests.gatewayUnderTest import METRICS_FOLLOW_SECONDS, SECRET, GatewayUnderTest, exchangeRaw, request

UUID7 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")


@pytest.mark.parametrize(
    ("path", "server"),
    [
        ("/api/auth/me", "public"),
        ("/api/auth/.well-known/jwks.json", "public"),
        ("/api/payment/payments", "public"),
        ("/api/payment/bri/snap/v1.0/access-token/b2b", "public"),
        ("/api/openapi.json", "public"),
        ("/api/admin/users", "admin"),
        ("/api/admin/openapi.json", "admin"),
    ],
)
async def testApiPathsReachTheirServer(client: httpx.AsyncClient, path: str, server: str) -> None:
    response = await client.get(f"{path}?limit=2")
    assert response.status_code == HTTPStatus.OK
    assert response.json()["server"] == server
    assert response.json()["target"] == f"{path}?limit=2"


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/api/authors", "/api/other", "/nothing", "/API/auth/me", "/.git/HEAD", "/auth%0a", "/admin%0A"],
)
async def testEverythingElseIsNotFound(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["code"] == "gateway.notFound"
    assert problem["instance"] == path
    assert problem["requestId"] == response.headers["x-request-id"]
    assert {"type", "title", "status", "detail"} <= problem.keys()


@pytest.mark.parametrize("path", ["/api/docs", "/api/admin/docs"])
async def testTheApisAreDescribedByAPageWithNothingInline(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == HTTPStatus.OK
    assert "<title>docs</title>" in response.text
    assert "unsafe-inline" not in response.headers["content-security-policy"]
    asset = await client.get("/api/docs/assets/index-a1b2c3d4.js")
    assert asset.status_code == HTTPStatus.OK
    assert "immutable" in asset.headers["cache-control"]


async def testTheRootLeadsToSignIn(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    assert response.status_code == HTTPStatus.FOUND
    assert response.headers["location"] == "/auth/"


@pytest.mark.parametrize("page", ["auth", "payment", "admin"])
async def testPagesAreServedAndNeverCached(client: httpx.AsyncClient, page: str) -> None:
    for path in (f"/{page}/", f"/{page}/index.html", f"/{page}/some/route/of/the/page"):
        response = await client.get(path)
        assert response.status_code == HTTPStatus.OK, path
        assert f"<title>{page}</title>" in response.text
        assert response.headers["cache-control"] == "no-cache"
        policy = response.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
    bare = await client.get(f"/{page}")
    assert (bare.status_code, bare.headers["location"]) == (HTTPStatus.MOVED_PERMANENTLY, f"/{page}/")


async def testHashedFilesNeverChange(client: httpx.AsyncClient) -> None:
    response = await client.get("/auth/assets/index-a1b2c3d4.js", headers={"Accept-Encoding": "gzip"})
    assert response.status_code == HTTPStatus.OK
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-type"].startswith("text/javascript")


async def testAMissingAssetIsNoPage(client: httpx.AsyncClient) -> None:
    response = await client.get("/auth/assets/gone-00000000.js")
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.headers["cache-control"] == "no-store"
    assert response.json()["code"] == "gateway.notFound"


async def testSecurityHeadersAreOnEveryAnswer(client: httpx.AsyncClient) -> None:
    for path in ("/auth/", "/api/auth/me", "/nothing", "/health"):
        headers = (await client.get(path)).headers
        assert headers.get_list("x-content-type-options") == ["nosniff"], path
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"]
        assert headers["permissions-policy"]
        assert "strict-transport-security" not in headers
        assert "/" not in headers["server"]


@pytest.mark.parametrize(
    "path",
    ["/", "/auth", "/auth/", "/auth/assets/gone-00000000.js", "/payment/", "/admin/", "/health", "/nothing",
     "/api/auth", "/api/auth/me", "/api/auth/session", "/api/payment/x", "/api/payment/bri/x", "/api/admin/me",
     "/api/openapi.json", "/api/docs", "/api/auth//me", "/api/auth/me;x", "/api/payment/payments/1/events"],
)  # fmt: skip
async def testEveryAnswerCarriesEachHeaderOnce(client: httpx.AsyncClient, path: str) -> None:
    names = ["x-request-id", "content-security-policy", "cache-control", "x-content-type-options", "referrer-policy"]
    names += ["permissions-policy", "cross-origin-resource-policy"]
    async with client.stream("GET", path, headers={"Range": "bytes=999999-"}) as answer:
        assert {name: len(answer.headers.get_list(name)) for name in names} == dict.fromkeys(names, 1)


@pytest.mark.parametrize(("path", "times"), [("/auth/", 1), ("/payment/", 1), ("/admin/", 1), ("/api/docs", 1),
                                             ("/nothing", 1), ("/api/auth/framed", 0)])  # fmt: skip
async def testWhatIsForWindowsAndFramesIsOnWhatMayBeShownInThem(
    client: httpx.AsyncClient, path: str, times: int
) -> None:
    headers = (await client.get(path)).headers
    for name in ("x-frame-options", "cross-origin-opener-policy"):
        assert len(headers.get_list(name)) == times
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def testAServerSaysHowLongItsAnswerIsKeptAndNeverThatItIsAPage(client: httpx.AsyncClient) -> None:
    silent, speaking = await client.get("/api/auth/me"), await client.get("/api/auth/ownPolicy")
    assert silent.headers.get_list("cache-control") == ["no-store"]
    assert speaking.headers.get_list("cache-control") == ["private, max-age=5"]
    for answer in (silent, speaking):
        (policy,) = answer.headers.get_list("content-security-policy")
        assert policy.startswith("default-src 'none'")


async def testAWellFormedRequestIdIsKept(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    response = await client.get("/api/auth/me", headers={"X-Request-ID": "order-42.A_b"})
    assert response.headers.get_list("x-request-id") == ["order-42.A_b"]
    assert gateway.public.last.valuesOf("X-Request-ID") == ["order-42.A_b"]


@pytest.mark.parametrize("offered", ["short", "has space in it", "x" * 129, "semi;colon-12345", 'quote"12345678'])
async def testAMalformedRequestIdIsReplaced(client: httpx.AsyncClient, gateway: GatewayUnderTest, offered: str) -> None:
    response = await client.get("/api/auth/me", headers={"X-Request-ID": offered})
    given = response.headers["x-request-id"]
    assert UUID7.match(given)
    assert gateway.public.last.valuesOf("X-Request-ID") == [given]


async def testRequestIdsAreDifferentAndNew(client: httpx.AsyncClient) -> None:
    ids = [(await client.get("/api/auth/me")).headers["x-request-id"] for _ in range(20)]
    assert len(set(ids)) == 20
    milliseconds = int(ids[0].replace("-", "")[:12], 16)
    assert abs(milliseconds / 1000 - time.time()) < 30


@pytest.mark.parametrize("asked", ["localhost:{port}", "LOCALHOST:{port}", "shop.example", 'shop"example', "[::1]:1"])
async def testTheServersHearThePlatformsOwnNameWhateverWasAsked(gateway: GatewayUnderTest, asked: str) -> None:
    port = gateway.ports.gateway
    head = f"GET /api/auth/me HTTP/1.1\r\nHost: {asked.format(port=port)}\r\nConnection: close\r\n\r\n"
    assert (await exchangeRaw(port, head.encode())).startswith(b"HTTP/1.1 200 ")
    assert gateway.public.last.valuesOf("Host") == [f"localhost:{port}"]


async def testTheServersHearOnlyTheGatewayOnWhoIsCalling(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    claims = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-User": "root",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=203.0.113.9",
        "X-Real-IP": "203.0.113.9",
        "X-K-Client-Address": "203.0.113.9",
        "X-K-Gateway-Secret": "guessed",
        "X-K-User": "someone",
        "X_K_Client_Address": "203.0.113.9",
        "X-Remote-User": "root",
        "X-HTTP-Method-Override": "DELETE",
        "X-Harmless": "stays",
    }
    await client.get("/api/auth/me", headers=claims)
    received = gateway.public.last
    assert received.valuesOf("X-K-Client-Address") == ["127.0.0.1"]
    assert received.valuesOf("X-K-Gateway-Secret") == [SECRET]
    assert received.valuesOf("X-Harmless") == ["stays"]
    names = {name.lower() for name, _ in received.headers}
    assert names.isdisjoint({"x-forwarded-for", "x-forwarded-host", "x-forwarded-user", "forwarded", "x-real-ip"})
    assert "x-forwarded-proto" not in names
    assert names.isdisjoint({"x-k-user", "x_k_client_address", "x-remote-user", "x-http-method-override"})
    assert not [value for _, value in received.headers if "203.0.113.9" in value]


async def testABodyPassesWithDelete(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    response = await client.request("DELETE", "/api/auth/account", json={"password": "x"})
    assert response.status_code == HTTPStatus.OK
    assert json.loads(gateway.public.last.body) == {"password": "x"}


async def testTooLargeBodiesAreRefused(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    seen = len(gateway.public.received)
    response = await client.post("/api/payment/payments", content=b"x" * (1024 * 1024 + 1))
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert response.json()["code"] == "gateway.contentTooLarge"
    assert response.json()["requestId"] == response.headers["x-request-id"]
    bank = await client.post("/api/payment/bri/snap/v1.0/transfer-va/payment", content=b"x" * (64 * 1024 + 1))
    assert bank.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert bank.json()["responseCode"] == "4132500"
    assert len(gateway.public.received) == seen
    assert (await client.post("/api/payment/payments", content=b"x" * 1024 * 1024)).status_code == HTTPStatus.OK


async def testMalformedRequestsAreProblemsToo(gateway: GatewayUnderTest) -> None:
    cases = {
        b"GET /api/auth/me HTTP/1.1\r\nBad Header: x\r\nHost: a\r\nHost: b\r\n\r\n": b"400",
        b"GET /api/auth/me HTTP/1.1\r\nConnection: close\r\n\r\n": b"400",
        request("GET", "/" + "a" * 9000): b"414",
        request("GET", "/api/auth/me", [("X-Long", "a" * 9000)]): b"431",
        request("TRACE", "/api/auth/me"): b"405",
    }
    for data, status in cases.items():
        head, _, body = (await exchangeRaw(gateway.ports.gateway, data)).partition(b"\r\n\r\n")
        assert head.split(b" ")[1] == status, data[:60]
        assert b"application/problem+json" in head, data[:60]
        problem = json.loads(body)
        assert f"X-Request-ID: {problem['requestId']}".encode() in head


@pytest.mark.parametrize(
    "target",
    [
        "/api//auth/login",
        "/api/auth/../admin/users",
        "/api/admin/../auth/login",
        "/api/auth/%2e%2e/admin/users",
        "/api/auth/..%2fadmin/users",
        "/api/auth%2flogin",
        "/api/auth/%2e/login",
        "/api/auth/./login",
        "/api/auth%5clogin",
        "/api/auth/%252e%252e/login",
        "/auth/..%2f..%2fapi/auth/login",
        "/x/../api/auth/login",
    ],
)
async def testPathsThatCouldBeReadInTwoWaysReachNobody(gateway: GatewayUnderTest, target: str) -> None:
    seen = len(gateway.public.received) + len(gateway.admin.received)
    answer = await exchangeRaw(gateway.ports.gateway, request("POST", target))
    assert answer.split(b" ")[1] in (b"400", b"404")
    assert len(gateway.public.received) + len(gateway.admin.received) == seen


async def testAnEncodedLetterIsThePlainOne(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    answer = await exchangeRaw(gateway.ports.gateway, request("GET", "/api/admin/settings/cors%20allowed"))
    assert answer.startswith(b"HTTP/1.1 200")
    assert gateway.admin.last.target == "/api/admin/settings/cors%20allowed"


async def testEventsArriveAsTheyAreSent(client: httpx.AsyncClient) -> None:
    moments: list[float] = []
    started = time.monotonic()
    async with client.stream("GET", "/api/payment/payments/1/events") as response:
        async for line in response.aiter_lines():
            moments.extend([time.monotonic() - started] if line.startswith("data:") else [])
    assert len(moments) == 3
    assert moments[0] < 0.25
    assert moments[2] > 0.5


async def testAnEventStreamTellsTheServerWhatItNeedsAndNoMore(
    client: httpx.AsyncClient, gateway: GatewayUnderTest
) -> None:
    """What a stream tells is held as long as it lasts."""
    told = {"Cookie": "kSession=none", "Authorization": "Bearer none", "X-Request-ID": "a-stream"}
    left = {
        "User-Agent": "aBrowser",
        "Referer": "https://shop.test/",
        "Sec-Fetch-Mode": "cors",
        "X-K-Client-Address": "x",
    }
    path = "/api/payment/checkouts/aKey/events"
    async with client.stream("GET", path, headers=told | left) as response:
        assert response.headers["connection"] == "close", "its end is the end of the connection"
        assert "transfer-encoding" not in response.headers
        assert [line async for line in response.aiter_lines() if line] == ["data: 0", "data: 1", "data: 2"]
    heard = {name.lower(): value for name, value in gateway.public.last.headers}
    assert {name: heard.pop(name.lower(), "") for name in told} == told
    assert heard.pop("x-k-gateway-secret") == SECRET
    assert heard.pop("x-k-client-address") == "127.0.0.1"
    assert heard.keys() == {"host"}, "and nothing of whatever else was said"
    [line] = [line for line in gateway.logLines() if line["requestId"] == "a-stream"]
    assert (line["route"], line["method"]) == ("/api/payment/{id}/events", "GET")
    assert line["path"] == "/api/payment/checkouts/{token}/events"


async def testAStreamForAnotherOriginHasRoomForWhatTheServerSaysThen(
    client: httpx.AsyncClient, gateway: GatewayUnderTest
) -> None:
    told = {
        "Origin": f"https://{'shop.' * 50}test",
        "Access-Control-Request-Method": "GET",
        "X-Request-ID": "elsewhere",
    }
    response = await client.get("/api/payment/payments/1/events", headers=told | {"User-Agent": "aBrowser"})
    assert (response.status_code, response.headers["X-Request-ID"]) == (HTTPStatus.OK, "elsewhere")
    assert response.headers["Access-Control-Allow-Origin"] == told["Origin"]
    assert "content-security-policy" in response.headers
    assert response.text.startswith("data: 0")
    heard = dict(gateway.public.last.headers)
    assert {name: heard.get(name) for name in told} == told
    assert "User-Agent" not in heard
    assert heard["X-K-Client-Address"] == "127.0.0.1"
    [line] = [line for line in gateway.logLines() if line["requestId"] == "elsewhere"]
    assert (line["route"], line["status"]) == ("/api/payment/{id}/events", 200)


async def testABodySentToAnEventStreamEndsWhereItEnds(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    """Of its length the server hears from the gateway, so no byte of it can begin another request."""
    body = b"GET /api/payment/smuggled HTTP/1.1\r\n\r\n"

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    path = "/api/payment/payments/1/events"
    for content in (body, pieces()):
        seen = len(gateway.public.received)
        await client.post(path, content=content)
        assert [(one.target, one.body) for one in gateway.public.received[seen:]] == [(path, body)]


async def testHealthSpeaksForTheGatewayAndBothServers(client: httpx.AsyncClient) -> None:
    response = await client.get("/health")
    assert response.status_code == HTTPStatus.OK
    report = response.json()
    assert report["status"] == "healthy"
    assert report["instanceId"] == "underTest"
    assert set(report["checks"]) == {"gateway", "publicServer", "adminServer"}


async def testAServersOwnErrorsAreLeftAlone(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/auth/ownProblem")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json() == {"code": "server.own"}


async def testADroppedConnectionIsABadGateway(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    seen = len(gateway.public.received)
    response = await client.post("/api/payment/dropConnection")
    assert response.status_code == HTTPStatus.BAD_GATEWAY
    assert response.json()["code"] == "gateway.badUpstream"
    assert len(gateway.public.received) == seen + 1, "a POST that was sent is never repeated"


async def testAServerThatIsStartingAgainIsUnavailable(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    await gateway.admin.stop()
    try:
        response = await client.get("/api/admin/users")
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert response.json()["code"] == "gateway.unavailable"
        assert int(response.headers["retry-after"]) >= 1
        assert response.headers["x-request-id"] == response.json()["requestId"]
    finally:
        await gateway.admin.start()
    assert (await client.get("/api/admin/users")).status_code == HTTPStatus.OK


async def testOneLogLineSaysWhatHappenedAndNoSecret(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    await client.get(
        "/api/auth/me?code=queriesMayHoldSecrets",
        headers={"X-Request-ID": "logged-request-1", "Authorization": "Bearer aTokenOfTheCaller"},
    )
    lines = [line for line in gateway.logLines() if line["requestId"] == "logged-request-1"]
    assert len(lines) == 1
    assert lines[0]["path"] == "/api/auth/me"
    assert lines[0]["route"] == "/api/auth"
    assert lines[0]["status"] == HTTPStatus.OK
    text = gateway.accessText() + gateway.log.read_text()
    assert "queriesMayHoldSecrets" not in text
    assert "aTokenOfTheCaller" not in text


async def testEveryLineOfTheLogIsText(gateway: GatewayUnderTest) -> None:
    """Bytes that are no text would hide their line from whoever reads the log; so would what JSON has to escape."""
    named = [("X-Request-ID", "bytes-of-a-thief")]
    targets = (
        "/auth/\xff\xfe",
        "/api/auth/\xc3",
        '/api/auth/","status":"',
        "/auth/back\\slash",
        '/api/payment/checkouts/"/x',
    )
    # twice, because the second time the gateway may remember it
    for target in targets + targets:
        await exchangeRaw(gateway.ports.gateway, request("GET", target, named))
    paths = [line["path"] for line in gateway.logLines() if line["requestId"] == "bytes-of-a-thief"]
    assert paths == ["/{bytes}"] * 2 * len(targets)
    await exchangeRaw(
        gateway.ports.gateway, request("GET", '/api/auth/me?next="x\\', [("X-Request-ID", "asked-oddly")])
    )
    assert [line["path"] for line in gateway.logLines() if line["requestId"] == "asked-oddly"] == ["/api/auth/me"]


@pytest.mark.parametrize(("method", "path"), [("POST", "/nothing"), ("DELETE", "/api/auth"), ("TRACK", "/api/auth/me")])
async def testTheLogTellsTheMethodThatWasAsked(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, method: str, path: str
) -> None:
    """The page of an error is got by GET, within nginx."""
    await client.request(method, path, headers={"X-Request-ID": f"asked-by-{method}"})
    assert [line["method"] for line in gateway.logLines() if line["requestId"] == f"asked-by-{method}"] == [method]


async def testARouteThatTakesNoTimeIsInTheMetrics(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    """Its times add up to nothing, but they are times."""
    for path in ("/nothing", "/health", "/api/docs", "/auth"):
        await client.get(path)
    await asyncio.sleep(METRICS_FOLLOW_SECONDS)
    async with httpx.AsyncClient() as operator:
        text = (await operator.get(gateway.metricsUrl)).text
    counted = set(re.findall(r'^gateway_requests_total\{route="([^"]+)"', text, re.MULTILINE))
    timed = set(re.findall(r'^gateway_request_seconds_count\{route="([^"]+)"\} [1-9]', text, re.MULTILINE))
    assert counted == timed


async def testMetricsArePrivate(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    assert (await client.get("/metrics")).status_code == HTTPStatus.NOT_FOUND
    assert (await client.get("/api/auth/me")).status_code == HTTPStatus.OK
    await asyncio.sleep(METRICS_FOLLOW_SECONDS)
    async with httpx.AsyncClient() as operator:
        text = (await operator.get(gateway.metricsUrl)).text
    assert 'gateway_requests_total{route="/api/auth",method="GET",status="200"}' in text
    assert 'gateway_request_seconds_bucket{route="/api/auth",le="+Inf"}' in text
