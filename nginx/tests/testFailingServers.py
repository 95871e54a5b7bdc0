"""What the gateway does, and what it tells, when a server behind it fails."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus

import httpx
import pytest
import pytest_asyncio

from nginx.tests.gatewayUnderTest import METRICS_FOLLOW_SECONDS, GatewayUnderTest, exchangeRaw, request
from nginx.tests.tinyServer import TinyServer
from scripts.stack.ports import freePort
from scripts.stack.provision import ServiceTools

SECRET = "aSecretOfTheQuery"
NOTICED_SECONDS = 20.0
AT_ONCE_SECONDS = 1.0
LEAVING_SECONDS = 5.0

OpenGateway = Callable[..., Awaitable[GatewayUnderTest]]


@pytest_asyncio.fixture(name="openGateway")
async def provideGateways(tools: ServiceTools, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenGateway]:
    async with contextlib.AsyncExitStack() as opened:

        async def openOne(**settings: str) -> GatewayUnderTest:
            folder = tmp_path_factory.mktemp("failing")
            folder.parent.chmod(0o755)
            gateway = GatewayUnderTest(tools, folder, settings)
            opened.push_async_callback(gateway.stop)
            await gateway.start()
            return gateway

        yield openOne


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH"])
async def testWhatWasSentIsNeverSentAgain(client: httpx.AsyncClient, gateway: GatewayUnderTest, method: str) -> None:
    seen = len(gateway.public.received)
    response = await client.request(method, "/api/payment/dropConnection")
    assert response.status_code == HTTPStatus.BAD_GATEWAY
    assert len(gateway.public.received) == seen + 1


async def testAFailureIsCountedUnderTheMethodThatWasAsked(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    assert (await client.post("/api/payment/dropConnection")).status_code == HTTPStatus.BAD_GATEWAY
    assert (
        await client.put("/api/auth/me", content=bytes(2_000_000))
    ).status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    await asyncio.sleep(METRICS_FOLLOW_SECONDS)
    counted = await gateway.metrics()
    assert 'gateway_requests_total{route="/api/payment",method="POST",status="502"}' in counted
    assert 'method="PUT",status="413"}' in counted


@contextlib.asynccontextmanager
async def oneOfTwoIsGone(
    openGateway: OpenGateway,
) -> AsyncIterator[tuple[GatewayUnderTest, TinyServer, httpx.AsyncClient]]:
    """A gateway with two public servers, the one of them that is there, and who asks."""
    living, gone = freePort(), freePort()
    server = TinyServer("second", living)
    await server.start()
    try:
        gateway = await openGateway(GATEWAY_PUBLIC_SERVERS=f"127.0.0.1:{gone},127.0.0.1:{living}")
        async with httpx.AsyncClient(base_url=gateway.url) as client:
            yield gateway, server, client
    finally:
        await server.stop()


async def testWhatWasNotSentGoesToAnotherServerOnceAndAsItCame(openGateway: OpenGateway) -> None:
    async with oneOfTwoIsGone(openGateway) as (_, server, client):
        for number in range(12):
            content = b"" if number % 2 else f"body {number}".encode()
            response = await client.request(
                "GET" if number % 2 else "PUT", f"/api/auth/things/{number}?a=%20{number}", content=content
            )
            assert response.status_code == HTTPStatus.OK, response.text
            assert server.last.method == ("GET" if number % 2 else "PUT")
            assert server.last.target == f"/api/auth/things/{number}?a=%20{number}"
            assert server.last.body == content
        assert len(server.received) == 12


async def testAnEventStreamGoesToAnotherServerAsItsOwnRoute(openGateway: OpenGateway) -> None:
    async with oneOfTwoIsGone(openGateway) as (gateway, server, client):
        for number in range(8):
            elsewhere = {"Origin": "https://shop.test"} if number % 2 else {}
            stream = await client.get("/api/payment/payments/1/events", headers=elsewhere)
            assert stream.text == "data: 0\n\ndata: 1\n\ndata: 2\n\n"
        assert all(name.lower() != "user-agent" for one in server.received for name, _ in one.headers)
        assert {line["route"] for line in gateway.logLines()} == {"/api/payment/{id}/events"}
        assert any(", " in str(line["upstream"]) or " : " in str(line["upstream"]) for line in gateway.logLines())


async def testAPaymentIsNotSentAgainByTheGateway(openGateway: OpenGateway) -> None:
    async with oneOfTwoIsGone(openGateway) as (_, server, client):
        statuses = [(await client.post("/api/payment/payments", content=b"{}")).status_code for _ in range(8)]
        assert set(statuses) == {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}
        assert statuses.count(HTTPStatus.OK) == len(server.received)


async def testNobodyWaitsForAServerThatHangs(openGateway: OpenGateway) -> None:
    gateway = await openGateway(GATEWAY_WORKERS="1")
    await gateway.public.stop()
    hung = await asyncio.start_server(hangUntilClosed, "127.0.0.1", gateway.ports.public)
    try:
        async with httpx.AsyncClient(base_url=gateway.url, timeout=NOTICED_SECONDS) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get("/api/auth/me", timeout=LEAVING_SECONDS)
            assert await untilQuick(client)
            refused = await client.post("/api/payment/payments", content=b"{}")
            assert (refused.status_code, refused.json()["code"]) == (503, "gateway.unavailable")
            assert int(refused.headers["retry-after"]) >= 1
            assert (await client.get("/api/admin/users")).status_code == HTTPStatus.OK, (
                "the other server is none the worse"
            )
            for page in ("/admin/", "/auth/", "/payment/assets/index-a1b2c3d4.js"):
                assert (await client.get(page)).status_code == HTTPStatus.OK, "a page needs no server"
            report = (await client.get("/health")).json()["checks"]
            assert (report["publicServer"]["status"], report["adminServer"]["status"]) == ("unhealthy", "healthy")
            assert 'gateway_server_silent{server="public",worker="0"} 1' in await gateway.metrics()
            hung.close()
            await gateway.public.start()
            assert await untilOk(client)
    finally:
        hung.close()
    told = gateway.log.read_text()
    assert "the public server takes connections and does not answer" in told
    assert "the public server answers again" in told


async def testAServerThatHangsIsAskedForItsHealthOnceHoweverManyWantToKnow(openGateway: OpenGateway) -> None:
    gateway = await openGateway(GATEWAY_WORKERS="1")
    asked: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        await hangUntilClosed(reader, writer)

    async with httpx.AsyncClient(base_url=gateway.url, timeout=NOTICED_SECONDS) as client:
        assert (await client.get("/health")).json()["status"] == "healthy"
        await gateway.public.stop()
        hung = await asyncio.start_server(listen, "127.0.0.1", gateway.ports.public)
        try:
            # what was heard is good for a second
            await asyncio.sleep(1.1)
            answers = await asyncio.gather(*(client.get("/health") for _ in range(20)))
        finally:
            hung.close()
    assert asked == [b"GET /health HTTP/1.1\r\n"]
    assert {answer.json()["checks"]["publicServer"]["status"] for answer in answers} == {"healthy", "unhealthy"}


async def hangUntilClosed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while await reader.read(65536):
            pass
    writer.close()


async def untilQuick(client: httpx.AsyncClient) -> bool:
    """Whether requests are refused at once, some time after the first one that waited."""
    deadline = time.monotonic() + NOTICED_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.ReadTimeout):
            response = await client.get("/api/auth/me", timeout=AT_ONCE_SECONDS)
            return response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    return False


async def untilOk(client: httpx.AsyncClient) -> bool:
    deadline = time.monotonic() + NOTICED_SECONDS
    while time.monotonic() < deadline:
        if (await client.get("/api/auth/me")).status_code == HTTPStatus.OK:
            return True
        await asyncio.sleep(0.05)
    return False


async def testNoLogRepeatsAQuery(openGateway: OpenGateway) -> None:
    """Whatever goes wrong: refused, dropped, too large, malformed, not there."""
    gateway = await openGateway()
    port = gateway.ports.gateway
    referer = ("Referer", f"https://k.test/?code={SECRET}")
    for target, headers, body in (
        (f"/api/auth/dropConnection?code={SECRET}", [referer], b""),
        (f"/api/auth/../x?code={SECRET}", [referer], b""),
        (f"/nothing?code={SECRET}", [referer], b""),
        (f"/auth/assets/none.js?code={SECRET}", [referer], b""),
        (f"/api/auth/me?code={SECRET}{'a' * 9000}", [referer], b""),
        (f"/api/auth/me?code={SECRET}", [("Bad Field", "x")], b""),
        (f"/api/payment/bri/x?code={SECRET}", [referer], b"x" * 65537),
        (f"/api/auth/me?code={SECRET}", [("Transfer-Encoding", "cow")], b""),
        (f"/health?code={SECRET}", [referer], b"x"),
    ):
        await exchangeRaw(port, request("POST", target, headers, body))
    await gateway.public.stop()
    await exchangeRaw(port, request("GET", f"/api/auth/me?code={SECRET}", [referer]))
    await gateway.public.start()
    text = gateway.accessText() + gateway.log.read_text()
    assert SECRET not in text
    assert '"path":"/api/auth/dropConnection"' in text
    line = next(json.loads(line) for line in text.splitlines() if '"path":"/api/auth/dropConnection"' in line)
    assert line["method"] == "POST"
    assert line["upstream"] == f"127.0.0.1:{gateway.ports.public}"


async def testTheLogTellsOfTheServersWhereThereIsSomethingToTell(openGateway: OpenGateway) -> None:
    gateway = await openGateway()
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        assert (await client.get("/api/auth/me")).status_code == HTTPStatus.OK
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/api/auth/held", timeout=0.5)
        assert (await client.post("/api/auth/dropConnection")).status_code == HTTPStatus.BAD_GATEWAY
        await gateway.public.stop()
        assert (await client.get("/api/auth/gone")).status_code == HTTPStatus.SERVICE_UNAVAILABLE
        await gateway.public.start()
    server = f"127.0.0.1:{gateway.ports.public}"
    told = {line["path"]: (line["status"], line.get("upstreamStatus"), line.get("upstream"))
            for line in gateway.logLines()}  # fmt: skip
    assert told == {
        "/api/auth/me": (200, None, None),
        "/api/auth/held": (499, "-", server),
        "/api/auth/dropConnection": (502, "502", server),
        "/api/auth/gone": (503, "502 : 502", f"{server} : {server}"),
    }


async def testOfANameTheLogTellsWhichServerItWas(openGateway: OpenGateway) -> None:
    port = freePort()
    server = TinyServer("named", port)
    await server.start()
    gateway = await openGateway(GATEWAY_PUBLIC_SERVERS=f"localhost:{port}")
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        assert (await client.get("/api/auth/me")).status_code == HTTPStatus.OK
    await server.stop()
    [line] = gateway.logLines()
    assert (line["upstreamStatus"], line["upstream"]) == ("200", f"127.0.0.1:{port}")


async def testTheKeyToACheckoutIsInNoLog(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    logged = {
        f"/api/payment/checkouts/{SECRET}": "/api/payment/checkouts/{token}",
        f"/api/payment/checkouts/{SECRET}/items": "/api/payment/checkouts/{token}/items",
        f"/payment/checkout/{SECRET}": "/payment/checkout/{token}",
        f"/payment/checkout/{SECRET}/api/me": "/payment/checkout/{token}/api/me",
    }
    for path in logged:
        # more than once by each worker: what is remembered of a path must not be told either
        for query in ("?lang=id", *[""] * 8):
            await client.get(path + query, headers={"X-Request-ID": "of-a-checkout", "Connection": "close"})
    assert SECRET not in gateway.accessText()
    lines = Counter(line["path"] for line in gateway.logLines() if line["requestId"] == "of-a-checkout")
    assert lines == dict.fromkeys(logged.values(), 9)


async def testTheKeyToACheckoutIsInNoLogHoweverItsAddressIsSpelled(gateway: GatewayUnderTest) -> None:
    logged = {
        f"/api/payment/%63heckouts/{SECRET}": "/{encoded}",
        f"/payment/check%6Fut/{SECRET}": "/{encoded}",
        f"/%70ayment/checkout/{SECRET}": "/{encoded}",
        f"/api//payment/checkouts/{SECRET}": "/{indirect}",
        f"/payment//checkout/{SECRET}": "/{indirect}",
        f"/payment/checkout//{SECRET}": "/{indirect}",
        f"/api/auth/../payment/checkouts/{SECRET}": "/{indirect}",
        f"/api/./payment/checkouts/{SECRET}?x=/": "/{indirect}",
        f"/api/payment/Checkouts/{SECRET}": "/api/payment/Checkouts/{token}",
        "/api/payment/checkouts": "/api/payment/checkouts",
        "/payment/assets/checkout-1a2b3c4d.js": "/payment/assets/checkout-1a2b3c4d.js",
        "/api/auth/a%20b%C3%A9": "/api/auth/a%20b%C3%A9",
        "/api/auth//login": "/api/auth//login",
    }
    for target in logged:
        for _ in range(3):
            await exchangeRaw(gateway.ports.gateway, request("GET", target, [("X-Request-ID", "spelled-oddly")]))
    assert SECRET not in gateway.accessText()
    lines = Counter(line["path"] for line in gateway.logLines() if line["requestId"] == "spelled-oddly")
    assert lines == {path: 3 * count for path, count in Counter(logged.values()).items()}


async def testAQuestionAboutHealthLeavesNoLine(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    assert (await client.get("/health")).status_code == HTTPStatus.OK
    assert (await client.get("/api/auth/me", headers={"X-Request-ID": "after-health-1"})).status_code == HTTPStatus.OK
    lines = gateway.logLines()
    assert [line for line in lines if line["path"] == "/health" and line["status"] == HTTPStatus.OK] == []
    assert [line for line in lines if line["requestId"] == "after-health-1"] != []
