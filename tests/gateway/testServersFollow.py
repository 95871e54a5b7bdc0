"""The servers know which of several Redis is the primary, as the gateways do."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from KAuthApp.backend.domain.exceptions.authErrors import RevocationPendingError
from KAuthApp.backend.domain.policies.copyPolicy import CopyPolicy
from KAuthApp.backend.infrastructure.redis.redisSessionCopies import RedisSessionCopies
from nginx.tests.redisUnderTest import RedisUnderTest
from scripts.stack.provision import ServiceTools
from shared.backend.redis.client import RedisClient, RedisScript, RedisUnavailableError
from shared.backend.redis.credentialCopies import CredentialCopies, CredentialCopy
from shared.backend.utils.clock import SystemClock
from shared.backend.utils.uuid import generateId

UNTIL = datetime(2100, 1, 1, tzinfo=UTC)
HASH = "a" * 64
# So long that each of several at once needs a connection of its own.
PAUSE = RedisScript("for i = 1, 300000 do end")
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


async def testAnIdleConnectionFollowsTheOneThatFoundThePrimary(pair: Pair, client: RedisClient) -> None:
    """The old primary hung, and goes on as one: whoever still talks to it would tell it what nobody else hears."""
    primary, replica = pair
    count = RedisScript("return redis.call('INCR', KEYS[1])")
    await asyncio.gather(*(client.run(PAUSE, [], []) for _ in range(4)))  # four connections
    await replica.untilInStep()
    primary.signal(signal.SIGSTOP)
    with pytest.raises(RedisUnavailableError):
        await client.set("name", "nobody takes it")
    await replica.promote()
    await client.set("name", "second")
    primary.signal(signal.SIGCONT)
    await asyncio.gather(*(client.run(count, ["count"], []) for _ in range(20)))
    async with replica.client() as redis:
        assert await redis.get("count") == "20"


async def testAnEndIsNotToldBeforeAReplicaHasIt(pair: Pair, client: RedisClient) -> None:
    """Else the replica, promoted, lets in again whom its primary had forgotten."""
    primary, replica = pair
    copies, sessionId = CredentialCopies(client, "kauth"), generateId()
    assert await copies.write(aCopyOf(sessionId))
    await replica.untilInStep()
    replica.signal(signal.SIGSTOP)
    for _ in range(2):  # the second finds nothing left to do
        with pytest.raises(RedisUnavailableError):
            await copies.endSessions([sessionId], UNTIL)
        with pytest.raises(RedisUnavailableError):
            await copies.renew([sessionId], [], UNTIL)
    replica.signal(signal.SIGCONT)
    await untilTaken(copies, sessionId)
    primary.kill()
    await replica.promote()
    fresh = RedisClient(f"redis://{primary.address},{replica.address}/0")
    try:
        assert await CredentialCopies(fresh, "kauth").read(HASH) is None
    finally:
        await fresh.close()


async def testASilentReplicaIsNoReasonToLeaveItsPrimaryAlone(pair: Pair, client: RedisClient) -> None:
    _, replica = pair
    store = RedisSessionCopies(CredentialCopies(client, "kauth"), CopyPolicy())
    replica.signal(signal.SIGSTOP)
    with pytest.raises(RevocationPendingError):
        await store.endSessions([generateId()], SystemClock().now())
    assert await store.era() is not None, "who signs in now has a copy as ever"


async def testWithoutAReplicaNobodyIsWaitedFor(pair: Pair, client: RedisClient) -> None:
    primary, replica = pair
    copies, sessionId = CredentialCopies(client, "kauth"), generateId()
    assert await copies.write(aCopyOf(sessionId))
    replica.kill()
    await untilTaken(copies, sessionId)  # the primary has noticed
    waits = await waitsAt(primary)
    await copies.renew([sessionId], [], UNTIL)
    assert await waitsAt(primary) == waits
    assert await copies.read(HASH) is None


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


def aCopyOf(sessionId: UUID) -> CredentialCopy:
    return CredentialCopy(
        hash=HASH,
        userId=generateId(),
        sessionId=sessionId,
        tier="standard",
        expiresAt=int(UNTIL.timestamp()),
        audience="public",
    )


async def waitsAt(primary: RedisUnderTest) -> int:
    """How often anybody has waited there for a replica."""
    async with primary.client() as redis:
        return int((await redis.info("commandstats")).get("cmdstat_wait", {"calls": 0})["calls"])


async def untilTaken(copies: CredentialCopies, sessionId: UUID) -> None:
    async with asyncio.timeout(10):
        while True:
            with contextlib.suppress(RedisUnavailableError):
                return await copies.endSessions([sessionId], UNTIL)
