"""The whole stack with a second gateway and a second public server beside it: one house with two doors."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from nginx.tests.gatewayUnderTest import GatewayUnderTest, exchangeRaw, request, untilTrue, versionsIn
from nginx.tests.listening import isListening
from nginx.tests.redisUnderTest import RedisUnderTest
from scripts.stack.paths import ROOT
from scripts.stack.ports import freePort
from scripts.stack.processes import uvicornCommand
from scripts.stack.provision import ServiceTools
from tests.gateway.traffic import Traffic
from tests.support.people import Administrator, Body, Customer
from tests.support.runningStack import RunningStack

pytestmark = pytest.mark.stack

PATH: Final = "/api/openapi.json"
VERSION: Final = "kadmin:ratelimit:version"
CHANGES: Final = 5
WITHIN_S: Final = 1.0
READY_S: Final = 60.0
POLICIES: Final = "/api/admin/rate-limit-policies"


@dataclass(frozen=True)
class SecondServer:
    """A public server of the stack that the stack does not know of."""

    port: int
    process: subprocess.Popen[bytes]


def settingsOf(stack: RunningStack) -> dict[str, str]:
    """As the stack really runs with them."""
    values: dict[str, str] = json.loads((stack.var / "run" / "environment.json").read_text())
    return values


@pytest.fixture(name="secondServer", scope="module")
def runSecondServer(stack: RunningStack) -> Iterator[SecondServer]:
    port = freePort()
    command = uvicornCommand(sys.executable, "public_server:app", port)
    process = subprocess.Popen(command, env={**os.environ, **settingsOf(stack)}, cwd=ROOT)
    deadline = time.monotonic() + READY_S
    while not isListening(port):
        assert process.poll() is None, "the second public server ended"
        assert time.monotonic() < deadline, "the second public server did not start"
        time.sleep(0.1)
    try:
        yield SecondServer(port, process)
    finally:
        process.terminate()
        process.wait()


@pytest_asyncio.fixture(name="second", scope="module")
async def runSecondGateway(
    stack: RunningStack, secondServer: SecondServer, tools: ServiceTools, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[GatewayUnderTest]:
    folder: Path = tmp_path_factory.mktemp("second")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    values = settingsOf(stack)
    servers = f"127.0.0.1:{values['PUBLIC_SERVER_PORT']},127.0.0.1:{secondServer.port}"
    settings = {
        "REDIS_URL": stack.endpoints.redis,
        "GATEWAY_SHARED_SECRET": values["GATEWAY_SHARED_SECRET"],
        "GATEWAY_PUBLIC_SERVERS": servers,
        "ADMIN_SERVER_PORT": values["ADMIN_SERVER_PORT"],
        "GATEWAY_NODES": "2",
    }
    gateway = GatewayUnderTest(tools, folder, settings, store=RedisUnderTest(tools.redis, folder))
    try:
        await gateway.start()
        yield gateway
    finally:
        await gateway.stop()


async def versionsOf(metricsPorts: list[int]) -> list[int]:
    answers = [await exchangeRaw(port, request("GET", "/metrics")) for port in metricsPorts]
    return [version for answer in answers for version in versionsIn(answer.decode("latin-1"))]


async def testASessionIsGoodAtBothDoorsAndEndsAtBoth(
    second: GatewayUnderTest, stack: RunningStack, customer: Customer
) -> None:
    async with httpx.AsyncClient(base_url=second.url, headers=customer.headers) as other:
        for _ in range(4):
            assert (await other.get("/api/auth/me")).json()["email"] == customer.email
            assert (await other.get("/api/auth/session")).status_code == 200
        ended = await other.post("/api/auth/logout")
        assert ended.status_code == 204, ended.text
        assert (await customer.get("/api/auth/session")).status_code == 401
        assert (await customer.get("/api/auth/me")).status_code == 401
    await customer.signIn()


async def testAPolicyOfTheAdminPageActsInEveryWorkerOfBothNodes(
    second: GatewayUnderTest, stack: RunningStack, administrator: Administrator
) -> None:
    ports = [int(settingsOf(stack)["GATEWAY_METRICS_PORT"]), second.ports.metrics]
    urls = [stack.endpoints.gateway, second.url]
    policy: Body = {
        "name": "of two nodes", "method": "GET", "path": PATH, "match": "exact", "scope": "ip", "limit": 50_000,
        "windowSeconds": 60, "burst": None, "mode": "enforce", "enabled": True,
    }  # fmt: skip
    async with (
        Redis.from_url(stack.endpoints.redis, decode_responses=True) as redis,
        Traffic(urls, PATH, 50) as traffic,
    ):
        made = await administrator.post(POLICIES, policy)
        assert made.status_code == 201, made.text
        place = f"{POLICIES}/{made.json()['id']}"
        took = []
        for number in range(CHANGES):
            changed = await administrator.send("PUT", place, {**policy, "limit": 50_001 + number})
            assert changed.status_code == 200, changed.text
            answeredAt = time.monotonic()
            while await versionsOf(ports) != [int(str(await redis.get(VERSION)))] * 4:
                assert time.monotonic() - answeredAt < READY_S
            took.append(time.monotonic() - answeredAt)
            for url in urls:
                async with httpx.AsyncClient() as anybody:
                    field = (await anybody.get(f"{url}{PATH}")).headers["ratelimit-policy"]
                assert f'"of two nodes";q={50_001 + number};w=60' in field
        assert median(took) < WITHIN_S
        version = await redis.get(VERSION)
        broken = await administrator.send("PUT", place, {**policy, "limit": -1})
        assert broken.status_code == 422, broken.text
        assert await redis.get(VERSION) == version
        removed = await administrator.send("DELETE", place)
        assert removed.status_code == 204, removed.text
    assert traffic.statuses == {200}


async def testAServerIsTakenOutAndMissedByNobody(
    second: GatewayUnderTest, stack: RunningStack, secondServer: SecondServer
) -> None:
    """First the gateway is told and has let go of it, then it stops: what was sent to it is answered."""
    former = second.workers()
    async with Traffic([second.url], PATH, 100) as traffic:
        await asyncio.sleep(0.5)
        second.settings["GATEWAY_PUBLIC_SERVERS"] = f"127.0.0.1:{settingsOf(stack)['PUBLIC_SERVER_PORT']}"
        second.render()
        second.reload()
        assert await untilTrue(lambda: not former & second.workers(), READY_S)
        secondServer.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(secondServer.process.wait)
        await asyncio.sleep(0.5)
    assert traffic.statuses == {200}
