"""The servers know which of several Redis is the primary, as the gateways do."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from nginx.tests.redisUnderTest import RedisUnderTest
from scripts.stack.provision import ServiceTools
from shared.backend.redis.client import RedisClient, RedisScript, RedisUnavailableError

Pair = tuple[RedisUnderTest, RedisUnderTest]


@pytest_asyncio.fixture(name="pair")
async def runPair(tools: ServiceTools, tmp_path: Path) -> AsyncIterator[Pair]:
    primary, replica = RedisUnderTest(tools.redis, tmp_path), RedisUnderTest(tools.redis, tmp_path)
    try:
        primary.start()
        replica.start(replicaOf=primary)
        await replica.untilInStep()
        yield primary, replica
    finally:
        primary.kill()
        replica.kill()


@pytest_asyncio.fixture(name="client")
async def openClient(pair: Pair) -> AsyncIterator[RedisClient]:
    primary, replica = pair
    # the replica first, so that the order says nothing
    client = RedisClient(f"redis://{replica.address},{primary.address}/0", poolSize=4)
    try:
        yield client
    finally:
        await client.close()


async def testTheClientAsksThePrimaryAndThenTheOneThatWasPromoted(pair: Pair, client: RedisClient) -> None:
    primary, replica = pair
    script = RedisScript("return redis.call('INCR', KEYS[1])")
    await client.set("name", "first")
    assert await client.run(script, ["count"], []) == 1
    await replica.untilHolds("count", "1")
    primary.kill()
    with pytest.raises(RedisUnavailableError):
        await client.set("name", "nobody takes it")
    await replica.promote()
    assert await client.get("name") == "first"
    assert await client.run(script, ["count"], []) == 2


async def testAPrimaryThatHangsIsLeftForTheOneThatWasPromoted(pair: Pair, client: RedisClient) -> None:
    primary, replica = pair
    await client.set("name", "first")
    await replica.untilHolds("name", "first")
    primary.signal(signal.SIGSTOP)
    with pytest.raises(RedisUnavailableError):
        await client.set("name", "nobody takes it")
    await replica.promote()
    await client.set("name", "second")
    async with replica.client() as redis:
        assert await redis.get("name") == "second"


async def testAPrimaryThatBecameAReplicaIsLeft(pair: Pair, client: RedisClient) -> None:
    primary, replica = pair
    await client.set("name", "first")
    await replica.untilHolds("name", "first")
    await replica.promote()
    await primary.follow(replica)
    await client.set("name", "second")
    async with replica.client() as redis:
        assert await redis.get("name") == "second"


async def testOneThatReturnsAndBelievesToBeThePrimaryStillIsNotAsked(pair: Pair, client: RedisClient) -> None:
    primary, replica = pair
    await client.set("name", "first")
    await replica.untilHolds("name", "first")
    primary.kill()
    await replica.promote()
    await client.set("name", "second")
    primary.start()
    fresh = RedisClient(f"redis://{primary.address},{replica.address}/0")
    try:
        assert await fresh.get("name") == "second"
    finally:
        await fresh.close()
    assert await client.get("name") == "second"
