"""A limit is one number, however many workers and nodes share it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Final

from nginx.tests.gatewayUnderTest import aPolicy
from scripts.benchmarks.wire import Wire
from shared.backend.utils.uuid import generateId
from tests.gateway.traffic import askOnce, burst
from tests.gateway.twoNodes import TwoNodes
from tests.trials.scale import asManyAs

PATH: Final = "/api/auth/limited"
LIMIT: Final = 100
LEASED_LIMIT: Final = 10_000
CLIENTS: Final = 5
RETURNS_WITHIN_S: Final = 20.0


async def countedByRedis(nodes: TwoNodes, policy: dict[str, object], requests: int, connections: int) -> Counter[int]:
    """What became of a burst that Redis alone decided."""

    async def attempt() -> Counter[int]:
        await nodes.publish({**policy, "id": f"exact-{generateId().hex[-12:]}"})
        return await burst(nodes.urls, PATH, requests, connections)

    return await nodes.decidedByRedis(attempt)


async def testTwoThousandRequestsOverTwoNodesAdmitExactlyTheLimit(nodes: TwoNodes) -> None:
    for scope in ("ip", "global"):
        counted = await countedByRedis(nodes, aPolicy(limit=LIMIT, windowSeconds=60, scope=scope), 2000, 50)
        assert counted == {200: LIMIT, 429: 2000 - LIMIT}


async def testAGcraPolicyAdmitsExactlyItsBurst(nodes: TwoNodes) -> None:
    """A day long, so that what flows back during the burst is no whole request."""
    policy = aPolicy(limit=1000, windowSeconds=86_400, burst=250)
    counted = await countedByRedis(nodes, policy, 1000, 50)
    assert counted == {200: 250, 429: 750}


async def testSteadyTrafficJustUnderTheLimitIsNeverRefused(nodes: TwoNodes) -> None:
    """
    Each client waits a hundredth longer than its share of the limit allows, from the answer on: however slow the
    machine is, no window holds more requests than the limit, and on an idle one nearly as many.
    """
    await nodes.untilRedisIsAsked()
    await nodes.publish(aPolicy(limit=LIMIT, windowSeconds=2))
    pause = 1.01 * 2 * CLIENTS / LIMIT
    endsAt = time.monotonic() + asManyAs(60, 4)
    statuses: Counter[int] = Counter()

    async def client(number: int) -> None:
        async with Wire(nodes.urls[number % 2]) as wire:
            while time.monotonic() < endsAt:
                statuses[(await askOnce(wire, PATH)).status] += 1
                await asyncio.sleep(pause)

    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    assert set(statuses) == {200}


async def testALeasedLimitIsNeverExceededAndMostlyUsedUp(nodes: TwoNodes) -> None:
    """Four workers hold tokens ahead of time; none is made up, and they hold a quarter of the limit at most."""
    policy = aPolicy(limit=LEASED_LIMIT, windowSeconds=86_400)
    counted = await countedByRedis(nodes, policy, LEASED_LIMIT + 2000, 50)
    assert set(counted) == {200, 429}
    assert 0.75 * LEASED_LIMIT <= counted[200] <= LEASED_LIMIT


async def testEverythingReachesAServerAlsoWhenOneIsAway(nodes: TwoNodes) -> None:
    await nodes.publish()
    await nodes.first.public.stop()
    try:
        assert await burst(nodes.urls, PATH, 200, 8) == {200: 200}
    finally:
        await nodes.first.public.start()
    before, deadline = len(nodes.first.public.received), time.monotonic() + RETURNS_WITHIN_S
    while len(nodes.first.public.received) == before:
        assert await burst(nodes.urls, PATH, 20, 4) == {200: 20}
        assert time.monotonic() < deadline, "a server that has returned is asked again"
