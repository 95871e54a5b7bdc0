"""Settings of the edge: proxies in front, TLS, who may reach the administration."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from nginx.tests.gatewayUnderTest import GatewayUnderTest, aPolicy, exchangeRaw, request
from scripts.stack.gatewayConfig import GatewaySettingError, renderGatewayConfig
from scripts.stack.provision import ServiceTools

OpenGateway = Callable[..., Awaitable[GatewayUnderTest]]
PATH = "/api/auth/limited"
PATIENCE_SECONDS = 10.0


@pytest_asyncio.fixture(name="openGateway")
async def provideGateways(tools: ServiceTools, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenGateway]:
    async with AsyncExitStack() as opened:

        async def openOne(**settings: str) -> GatewayUnderTest:
            folder = tmp_path_factory.mktemp("edge")
            folder.parent.chmod(0o755)
            gateway = GatewayUnderTest(tools, folder, settings)
            opened.push_async_callback(gateway.stop)
            await gateway.start()
            return gateway

        yield openOne


async def testOnlyATrustedProxySpeaksOfAddresses(openGateway: OpenGateway) -> None:
    gateway = await openGateway(GATEWAY_TRUSTED_PROXIES="127.0.0.0/8, 10.0.0.0/8")
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        await client.get("/api/auth/me", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9, 10.1.2.3"})
        assert gateway.public.last.valuesOf("X-K-Client-Address") == ["203.0.113.9"]
        assert gateway.public.last.valuesOf("X-Forwarded-For") == []


async def testAddressesAreCountedApartAndIpv6InItsNetwork(openGateway: OpenGateway) -> None:
    gateway = await openGateway(GATEWAY_TRUSTED_PROXIES="127.0.0.1")
    await gateway.publish(aPolicy(limit=1))
    expected = {
        "203.0.113.1": HTTPStatus.OK,
        "203.0.113.2": HTTPStatus.OK,
        "2001:db8:1:2::1": HTTPStatus.OK,
        "2001:db8:1:2:ffff::9": HTTPStatus.TOO_MANY_REQUESTS,
        "2001:db8:1:3::1": HTTPStatus.OK,
        "::ffff:203.0.113.1": HTTPStatus.TOO_MANY_REQUESTS,
    }
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        for address, status in expected.items():
            response = await client.get(PATH, headers={"X-Forwarded-For": address})
            assert response.status_code == status, address


async def testANetworkOfIpv6HoldsNoMoreBodiesThanOneAddress(openGateway: OpenGateway) -> None:
    gateway = await openGateway(GATEWAY_TRUSTED_PROXIES="127.0.0.1")
    port, unfinished = gateway.ports.gateway, [("Content-Length", "100")]
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(1000)]
    for number, (_, writer) in enumerate(held):
        forwarded = ("X-Forwarded-For", f"2001:db8:1:2::{number + 1:x}")
        writer.write(request("POST", "/api/auth/slow", [forwarded, *unfinished]))
        await writer.drain()
    answer = b""
    async with asyncio.timeout(8):
        # all of them have arrived once one more is refused
        while b" 429 " not in answer:
            forwarded = ("X-Forwarded-For", "2001:db8:1:2:ffff::1")
            answer = await exchangeRaw(port, request("POST", "/api/auth/me", [forwarded], b"{}"))
    beside = await exchangeRaw(port, request("POST", "/api/auth/me", [("X-Forwarded-For", "2001:db8:1:3::1")], b"{}"))
    assert beside.startswith(b"HTTP/1.1 200 ")
    for _, writer in held:
        writer.close()


async def testTheAdministrationCanBeKeptToSomeAddresses(openGateway: OpenGateway) -> None:
    gateway = await openGateway(GATEWAY_TRUSTED_PROXIES="127.0.0.1", GATEWAY_ADMIN_ALLOWED="203.0.113.0/24")
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        outside = await client.get("/api/admin/users", headers={"X-Forwarded-For": "198.51.100.1"})
        assert (outside.status_code, outside.json()["code"]) == (HTTPStatus.FORBIDDEN, "gateway.forbidden")
        inside = await client.get("/api/admin/users", headers={"X-Forwarded-For": "203.0.113.77"})
        assert inside.status_code == HTTPStatus.OK
        for page in ("/admin/", "/admin/users", "/admin/assets/index-a1b2c3d4.js", "/api/admin/docs"):
            assert (await client.get(page, headers={"X-Forwarded-For": "198.51.100.1"})).status_code == 403, page
            assert (await client.get(page, headers={"X-Forwarded-For": "203.0.113.77"})).status_code == 200, page


async def testWhomTheAdministrationDoesNotLetInSpendsNoTokensOfIt(openGateway: OpenGateway) -> None:
    gateway = await openGateway(GATEWAY_TRUSTED_PROXIES="127.0.0.1", GATEWAY_ADMIN_ALLOWED="203.0.113.0/24")
    await gateway.publish(aPolicy(path="/api/admin", match="prefix", scope="global", limit=5, windowSeconds=600))
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        outside = [await client.get("/api/admin/users", headers={"X-Forwarded-For": "198.51.100.7"}) for _ in range(12)]
        assert {answer.status_code for answer in outside} == {HTTPStatus.FORBIDDEN}
        assert not [answer for answer in outside if "ratelimit" in answer.headers]
        inside = await client.get("/api/admin/users", headers={"X-Forwarded-For": "203.0.113.9"})
        assert (inside.status_code, inside.headers["ratelimit"][:12]) == (HTTPStatus.OK, '"burst";r=4;')


async def testASecretMayBeMadeOfAnyLetters(openGateway: OpenGateway) -> None:
    """It is text in a file of nginx, where some of them mean something else."""
    secret = "a\"b\\c$host${d}'e;f}g #h"
    gateway = await openGateway(GATEWAY_SHARED_SECRET=secret)
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        await client.get("/api/auth/me", headers={"X-K-Gateway-Secret": "guessed"})
        assert gateway.public.last.valuesOf("X-K-Gateway-Secret") == [secret]


@pytest.fixture(name="certificate")
def makeCertificate(tmp_path: Path) -> tuple[Path, Path]:
    certificate, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


async def testTlsBringsHstsAndHostCookies(openGateway: OpenGateway, certificate: tuple[Path, Path]) -> None:
    gateway = await openGateway(
        GATEWAY_TLS_CERTIFICATE=str(certificate[0]),
        GATEWAY_TLS_KEY=str(certificate[1]),
        PUBLIC_BASE_URL="https://localhost",
    )
    await gateway.publish(aPolicy(limit=100, scope="user"))
    await gateway.remember("secretOfAnn", "ann")
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    async with httpx.AsyncClient(base_url=gateway.url, verify=trusting) as client:
        counted: list[str] = []
        async with gateway.redis() as redis, asyncio.timeout(PATIENCE_SECONDS):
            # a busy machine may let the gateway count for itself at first
            while not counted:
                await client.get(PATH, headers={"Cookie": "__Host-kSession=secretOfAnn; kSession=other"})
                counted = [key async for key in redis.scan_iter("rate_limit:*")]
        assert counted == ["rate_limit:user:ann:p1"]
        response = await client.get(PATH)
        assert response.headers["strict-transport-security"].startswith("max-age=")
        assert gateway.public.last.valuesOf("Host") == ["localhost"], "the name in PUBLIC_BASE_URL"


async def testAWorkerThatIsBusyForAMomentDoesNotLeaveAllConnectionsToTheOther(openGateway: OpenGateway) -> None:
    gateway = await openGateway()
    port, busy = gateway.ports.gateway, min(gateway.workers())
    os.kill(busy, signal.SIGSTOP)
    try:
        crowd = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(64)))
        await asyncio.sleep(0.2)
    finally:
        os.kill(busy, signal.SIGCONT)
    for reader, writer in crowd:
        writer.write(b"GET /health HTTP/1.1\r\nHost: gateway.test\r\n\r\n")
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200 ")
    held = {worker: connectionsOf(worker, port) for worker in gateway.workers()}
    assert sum(held.values()) == 64
    assert min(held.values()) >= 12, held
    for _, writer in crowd:
        writer.close()


def connectionsOf(pid: int, port: int) -> int:
    """How many established connections of the port this process holds (proc(5))."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{line[9]}]" for line in lines if line[1].endswith(f":{port:04X}") and line[3] == "01"}
    return sum(str(each.readlink()) in sockets for each in Path(f"/proc/{pid}/fd").iterdir())


async def testASecondGatewayOfTheSameSettingsDoesNotStay(openGateway: OpenGateway) -> None:
    gateway = await openGateway()
    environment = {**gateway.tools.nginx.environment, "PATH": "/usr/bin:/bin"}
    second = await asyncio.to_thread(
        subprocess.run, gateway.render(), env=environment, cwd="/", capture_output=True, timeout=PATIENCE_SECONDS
    )
    assert second.returncode != 0
    assert b"Address already in use" in second.stderr + gateway.log.read_bytes()
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        assert [(await client.get("/health")).status_code for _ in range(20)] == [HTTPStatus.OK] * 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_TRUSTED_PROXIES", "10.0.0.0/8; include /etc/passwd"),
        ("GATEWAY_NODES", "two"),
        ("GATEWAY_TLS_CERTIFICATE", "/only/half.crt"),
        ("GATEWAY_PUBLIC_SERVERS", "127.0.0.1:1; }"),
        ("GATEWAY_HTTP_ADDRESS", "everywhere"),
        ("GATEWAY_ACCESS_LOG", 'a.log"; user root'),
        ("GATEWAY_SHARED_SECRET", "two\nlines"),
        ("PUBLIC_BASE_URL", "http://[::1"),
    ],
)
def testASettingThatNginxWouldMisreadIsRefused(tools: ServiceTools, tmp_path: Path, name: str, value: str) -> None:
    values = {
        "GATEWAY_HTTP_PORT": "8080",
        "GATEWAY_METRICS_PORT": "9145",
        "PUBLIC_SERVER_PORT": "8001",
        "ADMIN_SERVER_PORT": "8002",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "GATEWAY_SHARED_SECRET": "secret",
        name: value,
    }
    with pytest.raises(GatewaySettingError):
        renderGatewayConfig(tools.nginx, values, tmp_path)
