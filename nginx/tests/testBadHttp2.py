"""What HTTP/2 can say and HTTP/1.1 cannot: none of it becomes another request behind the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from nginx.tests.badInput.strictServer import StrictServer
from nginx.tests.gatewayUnderTest import GatewayUnderTest
from nginx.tests.testBadInput import ensureSaidByTheGateway
from nginx.tests.wireHttp2 import Http2Answer, askHttp2
from scripts.stack.ownCertificate import ensureOwnCertificate
from scripts.stack.provision import ServiceTools

ME: Final = (":path", "/api/auth/me")
INNER: Final = "GET /api/admin/users HTTP/1.1\r\nHost: evil\r\n\r\n"
REFUSED: Final = 0


@dataclass(frozen=True)
class Case:
    """`reaches`: the method and target that may reach the public server; nothing may when it is empty."""

    name: str
    fields: tuple[tuple[str, str], ...]
    statuses: frozenset[int]
    reaches: str = ""
    body: bytes = b""


def refused(name: str, *fields: tuple[str, str], body: bytes = b"") -> Case:
    return Case(name, fields, frozenset({REFUSED, 400, 404, 405, 431, 501}), body=body)


def plain(name: str, reaches: str, *fields: tuple[str, str], body: bytes = b"") -> Case:
    return Case(name, fields, frozenset({200, 400, REFUSED}), reaches, body)


CASES: Final = (
    Case("a plain request", (ME,), frozenset({200}), "GET /api/auth/me"),
    Case("a plain body", ((":path", "/api/auth/login"),), frozenset({200}), "POST /api/auth/login", b"{}"),
    refused(
        "a length of nothing and a body", (":path", "/api/auth/login"), ("content-length", "0"), body=INNER.encode()
    ),
    refused("a length beyond the body", (":path", "/api/auth/login"), ("content-length", "100"), body=b"{}"),
    refused("a length below the body", (":path", "/api/auth/login"), ("content-length", "1"), body=b"{}"),
    Case("a body of GET", (ME, (":method", "GET"), ("content-length", "2")), frozenset({400}), body=b"{}"),
    plain(
        "chunked",
        "POST /api/auth/login",
        (":path", "/api/auth/login"),
        ("transfer-encoding", "chunked"),
        body=b"0\r\n\r\n",
    ),
    plain(
        "claims", "GET /api/auth/me", ME, ("x-k-user", "evil"), ("x-forwarded-for", "evil"), ("forwarded", "for=evil")
    ),
    plain("claims with underscores", "GET /api/auth/me", ME, ("x_k_user", "evil"), ("x_forwarded_for", "evil")),
    plain("takes the gateway's words away", "GET /api/auth/me", ME, ("connection", "x-k-gateway-secret, close")),
    plain("TE", "GET /api/auth/me", ME, ("te", "gzip, evil")),
    refused("a line in a value", ME, ("x-note", "a\r\nx-k-user: evil")),
    refused("a request in a value", ME, ("x-note", f"a\r\n\r\n{INNER}")),
    refused("NUL in a value", ME, ("x-note", "a\0b")),
    refused("capitals in a name", ME, ("X-K-User", "evil")),
    refused("a line in a name", ME, ("x-note: a\r\nx-k-user", "evil")),
    refused("a colon in a name", ME, ("x-k:user", "evil")),
    refused("a space in a name", ME, ("x-k-user ", "evil")),
    refused("a request in the method", ME, (":method", f"GET / HTTP/1.1\r\nHost: evil\r\n\r\n{INNER}")),
    refused("a space in the method", ME, (":method", "GET /api/admin/users")),
    refused("a small method", ME, (":method", "get")),
    refused("CONNECT", ME, (":method", "CONNECT")),
    refused("TRACE", ME, (":method", "TRACE")),
    refused("a request in the path", (":path", f"/api/auth/me HTTP/1.1\r\nHost: evil\r\n\r\n{INNER}")),
    refused("a space in the path", (":path", "/api/auth/me /api/admin/users")),
    refused("no path", (":path", "")),
    refused("two paths", ME, (":path", "/api/admin/users")),
    refused("everything", (":path", "*")),
    refused("a host alone", (":path", "gateway.test:443")),
    refused("a whole address", (":path", "https://evil.test/api/auth/me")),
    refused("two slashes", (":path", "//api/auth/login")),
    refused("two slashes inside", (":path", "/api//auth/login")),
    refused("up", (":path", "/api/auth/../admin/users")),
    refused("encoded up", (":path", "/api/auth/%2e%2e/admin/users")),
    refused("encoded slash", (":path", "/api/auth%2flogin")),
    refused("backslash", (":path", "/api/auth\\login")),
    refused("a parameter", (":path", "/api/auth/login;x")),
    refused("a fragment", (":path", "/api/auth/login#x")),
    refused("overlong", (":path", "/api/auth/%c0%ae")),
    refused("an unknown word of HTTP/2's own", ME, (":evil", "1")),
    plain("the path after a field", "GET /api/auth/me", ("x-note", "a"), ME),
    plain("another host", "GET /api/auth/me", ME, ("host", "evil.test")),
    refused("a line in the host", ME, (":authority", "gateway.test\r\nx-k-user: evil")),
    refused("a path in the host", ME, (":authority", "gateway.test/evil")),
    refused("another scheme with a line", ME, (":scheme", "https\r\nx-k-user: evil")),
    refused("a field that is too large", ME, ("x-note", "a" * 9000)),
)
BY_NAME: Final = {case.name: case for case in CASES}


@dataclass(frozen=True)
class Http2Gateway:
    gateway: GatewayUnderTest
    certificate: Path
    public: StrictServer
    admin: StrictServer

    async def ask(self, case: Case) -> Http2Answer:
        context = ssl.create_default_context(cafile=str(self.certificate))
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            return await askHttp2(self.gateway.ports.gateway, context, case.fields, case.body)
        return Http2Answer(REFUSED, b"")


@pytest_asyncio.fixture(name="http2", scope="module")
async def runHttp2(tools: ServiceTools, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Http2Gateway]:
    folder = tmp_path_factory.mktemp("badHttp2")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    certificate, key = ensureOwnCertificate(folder / "certificate", ["localhost"])
    gateway = GatewayUnderTest(
        tools, folder, {"GATEWAY_TLS_CERTIFICATE": str(certificate), "GATEWAY_TLS_KEY": str(key)}
    )
    public, admin = StrictServer("public", gateway.ports.public), StrictServer("admin", gateway.ports.admin)
    gateway.public, gateway.admin = public, admin
    try:
        await gateway.start()
        yield Http2Gateway(gateway, certificate, public, admin)
    finally:
        await gateway.stop()


@pytest.mark.parametrize("name", BY_NAME)
async def testACase(http2: Http2Gateway, name: str) -> None:
    case, seen = BY_NAME[name], len(http2.public.received)
    answer = await http2.ask(case)
    assert answer.status in case.statuses
    reached = [f"{one.method} {one.target}" for one in http2.public.received[seen:]]
    assert reached == ([case.reaches] if answer.status == 200 else [])
    for one in http2.public.received[seen:]:
        ensureSaidByTheGateway(one)
    assert http2.admin.received == []
    assert http2.public.faults == []
    assert http2.admin.faults == []
