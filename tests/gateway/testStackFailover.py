"""The whole stack with two Redis of its owner: one dies under load, the other is promoted, and nobody is signed out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from nginx.tests.redisUnderTest import RedisUnderTest
from scripts.stack.provision import ServiceTools
from tests.gateway.traffic import Traffic
from tests.support.people import Customer
from tests.support.runningStack import RunningStack, runScript, startStack

pytestmark = pytest.mark.stack

PATH: Final = "/api/auth/me"
AWAY_S: Final = 1.5
AFTERWARDS_S: Final = 3.0

Pair = tuple[RedisUnderTest, RedisUnderTest]


@pytest_asyncio.fixture(name="pair", scope="module")
async def runPair(tools: ServiceTools, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("pair")
    primary, replica = RedisUnderTest(tools.redis, folder), RedisUnderTest(tools.redis, folder)
    try:
        primary.start()
        replica.start(replicaOf=primary)
        await replica.untilInStep()
        yield primary, replica
    finally:
        primary.kill()
        replica.kill()


@pytest.fixture(name="house", scope="module")
def runHouse(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    var: Path = tmp_path_factory.mktemp("house")
    var.chmod(0o755)
    primary, replica = pair
    settings = {"REDIS_URL": f"redis://{primary.address},{replica.address}/0"}
    try:
        yield startStack(var, settings)
    finally:
        runScript(var, "down")


async def testAPromotedReplicaIsAskedByEverybody(house: RunningStack, pair: Pair) -> None:
    primary, replica = pair
    async with Customer(house) as customer:
        await customer.register()
        await customer.signIn()
        async with Traffic([house.endpoints.gateway], PATH, 20, headers=customer.headers) as traffic:
            await asyncio.sleep(AWAY_S)
            await asyncio.to_thread(primary.kill)
            await asyncio.sleep(AWAY_S)
            await replica.promote()
            await asyncio.sleep(AFTERWARDS_S)
        assert traffic.statuses == {200}
        assert (await customer.get("/api/auth/session")).status_code == 200
        async with replica.client() as redis:
            assert [key async for key in redis.scan_iter("kauth:session:*")], "copies are written where they are read"
        ended = await customer.post("/api/auth/logout")
        assert ended.status_code == 204, ended.text
        assert (await customer.get("/api/auth/session")).status_code == 401
