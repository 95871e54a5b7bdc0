"""TLS as a browser and a certificate authority meet it, and new certificates while connections are open."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from nginx.tests.gatewayUnderTest import GatewayUnderTest
from nginx.tests.wireHttp2 import STREAMS_A_CONNECTION, askHttp2, countAnswersToUnfinished
from scripts.stack.gatewayConfig import GatewaySettingError
from scripts.stack.ownCertificate import ensureOwnCertificate
from scripts.stack.ports import freePort
from scripts.stack.provision import ServiceTools
from scripts.stack.reloadGateway import ReloadRefusedError, reloadGateway

NAMES = ("localhost", "127.0.0.1")
PROOF = "aTokenOfTheAuthority-_1"


@dataclass(frozen=True)
class TlsGateway:
    """A gateway with TLS on a port of its own and plain HTTP on another."""

    under: GatewayUnderTest
    tlsPort: int
    certificates: Path
    acme: Path

    @property
    def url(self) -> str:
        return f"https://localhost:{self.tlsPort}"

    @property
    def plainUrl(self) -> str:
        return f"http://127.0.0.1:{self.under.ports.gateway}"

    @property
    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificates / "certificate.pem"))

    @property
    def values(self) -> dict[str, str]:
        ports = self.under.ports
        return {
            "GATEWAY_HTTP_PORT": str(ports.gateway),
            "GATEWAY_METRICS_PORT": str(ports.metrics),
            "PUBLIC_SERVER_PORT": str(ports.public),
            "ADMIN_SERVER_PORT": str(ports.admin),
            "REDIS_URL": self.under.redisUrl,
            "GATEWAY_SHARED_SECRET": "another secret",
            **self.under.settings,
        }

    def shownCertificate(self) -> bytes:
        """The certificate that a new connection is shown."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", self.tlsPort)) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            return secured.getpeercert(binary_form=True) or b""


@pytest_asyncio.fixture(name="tls", scope="module")
async def runTlsGateway(tools: ServiceTools, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TlsGateway]:
    folder = tmp_path_factory.mktemp("tls")
    folder.parent.chmod(0o755)
    folder.chmod(0o755)
    certificates, acme = folder / "certificates", folder / "acme"
    certificate, key = ensureOwnCertificate(certificates, NAMES)
    proofs = acme / ".well-known" / "acme-challenge"
    proofs.mkdir(parents=True)
    (proofs / PROOF).write_text("the proof")
    (acme / "secret").write_text("not for the world")
    port = freePort()
    settings = {
        "GATEWAY_HTTPS_PORT": str(port),
        "GATEWAY_TLS_CERTIFICATE": str(certificate),
        "GATEWAY_TLS_KEY": str(key),
        "GATEWAY_ACME_FOLDER": str(acme),
        "PUBLIC_BASE_URL": f"https://localhost:{port}",
    }
    gateway = GatewayUnderTest(tools, folder, settings)
    try:
        await gateway.start()
        yield TlsGateway(gateway, port, certificates, acme)
    finally:
        await gateway.stop()


def testAnOwnCertificateStaysUntilItsNamesChange(tmp_path: Path) -> None:
    certificate, key = ensureOwnCertificate(tmp_path, NAMES)
    first = certificate.read_bytes()
    assert key.stat().st_mode & 0o077 == 0
    ensureOwnCertificate(tmp_path, NAMES)
    assert certificate.read_bytes() == first
    ensureOwnCertificate(tmp_path, (*NAMES, "k.test"))
    assert certificate.read_bytes() != first


async def testItIsTrustedForItsNamesAndBringsHsts(tls: TlsGateway) -> None:
    for name in NAMES:
        async with httpx.AsyncClient(verify=tls.trusting) as client:
            response = await client.get(f"https://{name}:{tls.tlsPort}/health")
        assert response.status_code == HTTPStatus.OK
        assert response.headers["strict-transport-security"].startswith("max-age=")


async def testHttp2IsSpoken(tls: TlsGateway) -> None:
    answer = await askHttp2(tls.tlsPort, tls.trusting, [(":path", "/api/auth/me"), ("x-k-user", "someone")])
    assert answer.status == HTTPStatus.OK
    assert b'"server": "public"' in answer.body
    assert tls.under.public.last.valuesOf("X-K-User") == []


async def testOneAddressHoldsNoMoreBodiesOverHttp2(tls: TlsGateway) -> None:
    """A thousand unfinished ones at most, as over HTTP/1.1."""
    await tls.under.publish()
    beyond = 8 * STREAMS_A_CONNECTION - 1000
    assert await countAnswersToUnfinished(tls.tlsPort, tls.trusting, "/api/auth/slow", 8, beyond, 9) == beyond


async def testHealthIsToldOverHttp2Too(tls: TlsGateway) -> None:
    answer = await askHttp2(tls.tlsPort, tls.trusting, [(":path", "/health")])
    assert answer.status == HTTPStatus.OK
    assert b'"status":"healthy"' in answer.body


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def testOldProtocolsAreNotSpoken(tls: TlsGateway, version: ssl.TLSVersion) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", tls.tlsPort)) as plain, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(plain)


@pytest.mark.parametrize("cipher", ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"])
def testOldCiphersAreNotUsed(tls: TlsGateway, cipher: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(cipher)
    with socket.create_connection(("127.0.0.1", tls.tlsPort)) as plain, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(plain)


@pytest.mark.parametrize("path", ["/", "/auth/", "/api/auth/me?next=/x", "/health", "//evil.test/", "/nothing"])
async def testPlainHttpIsSentOnToThePlatformAndNowhereElse(tls: TlsGateway, path: str) -> None:
    seen = len(tls.under.public.received)
    for base in (tls.plainUrl, f"http://127.0.0.1:{tls.tlsPort}"):
        async with httpx.AsyncClient() as client:
            response = await client.post(base + path, headers={"Host": "evil.test"}, content=b"a body")
        assert response.status_code == HTTPStatus.PERMANENT_REDIRECT
        assert response.headers["location"] == tls.url + path
        assert "strict-transport-security" not in response.headers
        assert response.headers["x-request-id"]
    assert len(tls.under.public.received) == seen


async def testTheLogTellsByWhichMethodPlainHttpCameToThePortOfTls(tls: TlsGateway) -> None:
    async with httpx.AsyncClient() as client:
        await client.put(f"http://127.0.0.1:{tls.tlsPort}/api/auth/asked-plainly", content=b"a body")
    logged = [line for line in tls.under.logLines() if line["path"] == "/api/auth/asked-plainly"]
    assert [(line["method"], line["status"]) for line in logged] == [("PUT", HTTPStatus.PERMANENT_REDIRECT)]


async def testACertificateAuthorityFindsItsProofsOnBothPorts(tls: TlsGateway) -> None:
    async with httpx.AsyncClient(verify=tls.trusting) as client:
        for base in (tls.plainUrl, tls.url):
            found = await client.get(f"{base}/.well-known/acme-challenge/{PROOF}")
            assert (found.status_code, found.text) == (HTTPStatus.OK, "the proof")
            assert found.headers["content-type"].startswith("text/plain")
            missing = await client.get(f"{base}/.well-known/acme-challenge/anotherToken")
            assert missing.status_code == HTTPStatus.NOT_FOUND
            assert missing.headers["content-type"] == "application/problem+json"
            for path in ("/.well-known/acme-challenge/..%2f..%2fsecret", "/.well-known/acme-challenge/", "/secret"):
                other = await client.get(base + path)
                assert "not for the world" not in other.text
                assert other.status_code != HTTPStatus.OK


async def testARenewedCertificateIsTakenWhileConnectionsGoOn(tls: TlsGateway) -> None:
    before = tls.shownCertificate()
    async with (
        httpx.AsyncClient(base_url=tls.url, verify=tls.trusting, timeout=10) as client,
        client.stream("GET", "/api/payment/payments/1/events") as stream,
    ):
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith("data:")
        ensureOwnCertificate(tls.certificates, (*NAMES, "renewed.test"))
        workers = await asyncio.to_thread(
            reloadGateway, tls.under.folder / "gateway", tls.under.tools.nginx, tls.values
        )
        rest = [line async for line in lines if line.startswith("data:")]
    assert workers == 2
    assert len(rest) == 2, "the stream that was open went on to its end"
    assert tls.shownCertificate() != before


async def testABrokenCertificateChangesNothingAndSaysSo(tls: TlsGateway) -> None:
    before = tls.shownCertificate()
    certificate = tls.certificates / "certificate.pem"
    good = certificate.read_bytes()
    certificate.write_bytes(b"-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n")
    try:
        with pytest.raises(ReloadRefusedError, match=r"certificate\.pem"):
            await asyncio.to_thread(reloadGateway, tls.under.folder / "gateway", tls.under.tools.nginx, tls.values)
    finally:
        certificate.write_bytes(good)
    assert tls.shownCertificate() == before
    assert not (tls.under.folder / "gateway" / "trial").exists()


def testHalfATlsSettingIsRefused(tls: TlsGateway) -> None:
    with pytest.raises(GatewaySettingError, match="belong together"):
        reloadGateway(tls.under.folder / "gateway", tls.under.tools.nginx, {**tls.values, "GATEWAY_TLS_KEY": ""})
