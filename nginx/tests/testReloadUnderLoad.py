"""New workers, and a new nginx, while requests come in all the time: none fails, and what is under way is finished."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final, Self

import pytest_asyncio

from nginx.tests.gatewayUnderTest import SECRET, GatewayUnderTest, untilTrue
from nginx.tests.tinyServer import Received, TinyServer
from scripts.stack.provision import ServiceTools
from scripts.stack.reloadGateway import FAREWELL_SECONDS, reloadGateway, workersOf
from tests.trials.scale import asManyAs

PER_SECOND: Final = asManyAs(full=500, default=150)
RELOADS: Final = asManyAs(full=20, default=2)
LEAST_PER_SECOND: Final = asManyAs(full=450, default=1)
CONNECTIONS: Final = 20
UNDER_WAY: Final = 10
PAYMENT_SECONDS: Final = 4.0
PATIENCE_SECONDS: Final = 30.0
LOST: Final = 0


class SlowBank(TinyServer):
    """A payment takes its time here, as it does when the bank is asked."""

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> None:
        if "/slowPayments/" in request.target:
            await asyncio.sleep(PAYMENT_SECONDS)
        await super()._answer(request, writer)


class OrphanGateway(GatewayUnderTest):
    """Nginx without a parent, as a service is: one that its parent watches does not let itself be replaced."""

    def _startNginx(self, command: Sequence[str]) -> None:
        untilStarted = f'"$@" & until [ -s {self.folder}/gateway/nginx.pid ]; do sleep 0.05; done'
        environment = {**self.tools.nginx.environment, "PATH": "/usr/bin:/bin"}
        with self.log.open("ab") as output:
            subprocess.run(
                ["sh", "-c", untilStarted, "sh", *command],
                stdout=output, stderr=subprocess.STDOUT, env=environment, cwd="/", check=True,
            )  # fmt: skip


class Load:
    """So many requests a second: half of them on connections of their own, half on kept ones."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = itertools.count(1)
        self._senders: list[asyncio.Task[None]] = []
        self._startedAt = 0.0
        self.statuses: Counter[int] = Counter()

    async def __aenter__(self) -> Self:
        self._startedAt = time.monotonic()
        self._senders = [asyncio.create_task(self._send(place)) for place in range(CONNECTIONS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for sender in self._senders:
            sender.cancel()
        await asyncio.gather(*self._senders, return_exceptions=True)

    @property
    def perSecond(self) -> float:
        return self.statuses.total() / (time.monotonic() - self._startedAt)

    async def _send(self, place: int) -> None:
        every, isKept = CONNECTIONS / PER_SECOND, place % 2 == 0
        due = self._startedAt + place / PER_SECOND
        kept: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due += every
            status, kept = await self._once(kept, isKept=isKept)
            self.statuses[status] += 1

    async def _once(
        self, kept: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None, *, isKept: bool
    ) -> tuple[int, tuple[asyncio.StreamReader, asyncio.StreamWriter] | None]:
        """The status, and the connection when it can be used again. Nothing is tried a second time."""
        method = ("GET", "POST")[next(self._numbers) % 2]
        head = f"{method} /api/payment/payments/{next(self._numbers)} HTTP/1.1\r\nHost: k.test\r\nContent-Length: 0\r\n"
        try:
            reader, writer = kept or await asyncio.open_connection("127.0.0.1", self._port)
            writer.write(f"{head}{'' if isKept else 'Connection: close' + chr(13) + chr(10)}\r\n".encode())
            status, isLast = await readAnswer(reader)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            return LOST, None
        if isLast or not isKept:
            writer.close()
            return status, None
        return status, (reader, writer)


async def readAnswer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        await reader.readexactly(length)
    return int(head.split(" ")[1]), "connection: close" in head


@pytest_asyncio.fixture(name="bank")
async def runGateway(tools: ServiceTools, tmp_path: Path) -> AsyncIterator[GatewayUnderTest]:
    for parent in (tmp_path, *list(tmp_path.parents)[:2]):
        parent.chmod(0o755)
    gateway = OrphanGateway(tools, tmp_path / "reload")
    gateway.public = SlowBank("public", gateway.ports.public)
    try:
        await gateway.start()
        yield gateway
    finally:
        end(gateway)
        await gateway.stop()


def end(gateway: GatewayUnderTest) -> None:
    """Every master of this gateway, old and new."""
    for pidFile in (gateway.folder / "gateway").glob("nginx.pid*"):
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(pidFile.read_text()), signal.SIGTERM)


async def testAReloadLosesNothing(bank: GatewayUnderTest) -> None:
    async with Load(bank.ports.gateway) as load:
        payments = startPayments(bank.ports.gateway)
        await asyncio.sleep(0.5)
        for _ in range(RELOADS):
            await asyncio.to_thread(reloadGateway, bank.folder / "gateway", bank.tools.nginx, valuesOf(bank))
        answered = await asyncio.gather(*payments)
        statuses, perSecond = Counter(load.statuses), load.perSecond
    assert set(statuses) == {200}, statuses
    assert perSecond >= LEAST_PER_SECOND
    ensureEachOnce(bank, answered)


async def testANewNginxTakesOverAndLosesNothing(bank: GatewayUnderTest) -> None:
    old = masterOf(bank)
    async with Load(bank.ports.gateway) as load:
        payments = startPayments(bank.ports.gateway)
        await asyncio.sleep(0.5)
        await sayFarewell(bank.ports.metrics)
        await asyncio.sleep(FAREWELL_SECONDS)
        os.kill(old, signal.SIGUSR2)
        assert await untilTrue(
            lambda: masterOf(bank) not in (0, old) and workersOf(masterOf(bank)) != set(), PATIENCE_SECONDS
        )
        os.kill(old, signal.SIGQUIT)
        answered = await asyncio.gather(*payments)
        assert await untilTrue(lambda: not Path(f"/proc/{old}").exists(), PATIENCE_SECONDS), "the old nginx ended"
        statuses, perSecond = Counter(load.statuses), load.perSecond
    assert set(statuses) == {200}, statuses
    assert perSecond >= LEAST_PER_SECOND
    ensureEachOnce(bank, answered)


async def testAnAnswerSaysThatItIsTheLastOfItsConnection(bank: GatewayUnderTest) -> None:
    request = b"GET /api/auth/me HTTP/1.1\r\nHost: k.test\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", bank.ports.gateway)
    writer.write(request)
    assert await readAnswer(reader) == (200, False)
    await sayFarewell(bank.ports.metrics)
    async with asyncio.timeout(PATIENCE_SECONDS):
        writer.write(request)
        while not (await readAnswer(reader))[1]:
            await asyncio.sleep(0.05)
            writer.write(request)
    writer.close()


async def sayFarewell(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /farewell HTTP/1.1\r\nHost: k.test\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    assert b" 204 " in await reader.read()
    writer.close()


def startPayments(port: int) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(pay(port, number)) for number in range(UNDER_WAY)]


async def pay(port: int, number: int) -> int:
    """One payment that is under way while everything changes; it is sent once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST /api/payment/slowPayments/{number} HTTP/1.1\r\nHost: k.test\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    )
    try:
        return (await readAnswer(reader))[0]
    finally:
        writer.close()


def ensureEachOnce(gateway: GatewayUnderTest, answered: Sequence[int]) -> None:
    assert list(answered) == [200] * UNDER_WAY
    targets = Counter(one.target for one in gateway.public.received)
    assert {target for target, times in targets.items() if times > 1} == set()
    assert sum("/slowPayments/" in target for target in targets) == UNDER_WAY


def masterOf(gateway: GatewayUnderTest) -> int:
    """0 between two of them."""
    pidFile = gateway.folder / "gateway" / "nginx.pid"
    return int(pidFile.read_text() or 0) if pidFile.exists() else 0


def valuesOf(gateway: GatewayUnderTest) -> dict[str, str]:
    ports = gateway.ports
    return {
        "GATEWAY_HTTP_PORT": str(ports.gateway),
        "GATEWAY_METRICS_PORT": str(ports.metrics),
        "PUBLIC_SERVER_PORT": str(ports.public),
        "ADMIN_SERVER_PORT": str(ports.admin),
        "REDIS_URL": gateway.redisUrl,
        "GATEWAY_SHARED_SECRET": SECRET,
        "GATEWAY_ACCESS_LOG": str(gateway.accessLog),
        **gateway.settings,
    }
