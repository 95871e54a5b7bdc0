"""A limit is one number, however many workers and nodes share it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Final

import pytest

from nginx.tests.gatewayUnderTest import aPolicy
from scripts.benchmarks.wire import Wire
from shared.backend.utils.uuid import generateId
from tests.gateway.traffic import askOnce, burst, hammer
from tests.gateway.twoNodes import TwoNodes
from tests.trials.scale import asManyAs

PATH: Final = "/api/auth/limited"
LIMIT: Final = 100
HAMMERED_S: Final = float(asManyAs(30, 4))
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


@pytest.mark.parametrize(
    "policy",
    [
        aPolicy(limit=LIMIT, windowSeconds=2),
        aPolicy(limit=10 * LIMIT, windowSeconds=20, burst=CLIENTS),
        aPolicy(limit=10 * LIMIT, windowSeconds=20),
    ],
    ids=["exact", "tight", "ample"],
)
async def testSteadyTrafficJustUnderTheLimitIsNeverRefused(nodes: TwoNodes, policy: dict[str, object]) -> None:
    """
    Each client waits a hundredth longer than its share of the limit allows, from the answer on: however slow the
    machine is, no window holds more requests than the limit, and on an idle one nearly as many.
    """
    pause = 1.01 * 2 * CLIENTS / LIMIT

    async def client(number: int, endsAt: float) -> set[int]:
        statuses = set()
        async with Wire(nodes.urls[number % 2]) as wire:
            while time.monotonic() < endsAt:
                statuses.add((await askOnce(wire, PATH)).status)
                await asyncio.sleep(pause)
        return statuses

    async def attempt() -> None:
        await nodes.publish({**policy, "id": f"steady-{generateId().hex[-12:]}"})
        endsAt = time.monotonic() + asManyAs(60, 3)
        seen = await asyncio.gather(*(client(number, endsAt) for number in range(CLIENTS)))
        assert set().union(*seen) == {200}

    await nodes.decidedByRedis(attempt)


@pytest.mark.parametrize("leased", [False, True])
async def testALimitThatIsHammeredIsUsedToTheFullAndNotExceeded(nodes: TwoNodes, leased: bool) -> None:
    """
    The burst at once and then what flows back, however many ask on both nodes and in all workers. What a worker holds
    ahead of time and does not need goes back within the two seconds of a lease; until then a quarter may be so held.
    Who could not ask for as many was refused nothing.
    """
    rate, burstSize = (100, 3000) if leased else (40, 40)
    policy = aPolicy(limit=60 * rate, windowSeconds=60, burst=burstSize, leased=leased)

    async def attempt() -> None:
        await nodes.publish({**policy, "id": f"busy-{generateId().hex[-12:]}"})
        startedAt = time.monotonic()
        counted = await hammer(nodes.urls, PATH, HAMMERED_S, 40)
        most = burstSize + rate * (time.monotonic() - startedAt) + 1
        least = min(0.75 * burstSize + 0.9 * rate * HAMMERED_S, counted.total())
        assert least <= counted[200] <= most

    await nodes.decidedByRedis(attempt)


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
