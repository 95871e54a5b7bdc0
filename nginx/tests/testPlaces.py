"""A place of a limit of requests under way is free when its request has ended, whatever happened meanwhile."""

from __future__ import annotations

import asyncio
import signal
import time
from http import HTTPStatus

import httpx
import pytest

from nginx.tests.gatewayUnderTest import GatewayUnderTest, aPolicy, exchangeRaw, request, untilTrue

HELD, EVENTS = "/api/auth/held", "/api/auth/events"
LONG_SECONDS = 3600
SOON_SECONDS = 15.0
PAUSE_MS = 1000


@pytest.fixture(autouse=True)
async def threePlaces(gateway: GatewayUnderTest) -> None:
    gateway.public.released.clear()
    gateway.public.received.clear()
    places = aPolicy(id=f"places{gateway.version}", path="/api/auth/", match="prefix", kind="concurrency", limit=3)
    await gateway.publish({**places, "windowSeconds": LONG_SECONDS})


async def heldPlaces(gateway: GatewayUnderTest) -> int:
    async with gateway.redis() as redis:
        return sum([await redis.zcard(key) async for key in redis.scan_iter("rate_limit:*:places*")])


async def untilHeld(gateway: GatewayUnderTest, count: int) -> bool:
    deadline = time.monotonic() + SOON_SECONDS
    while await heldPlaces(gateway) != count:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


def ask(gateway: GatewayUnderTest, path: str) -> asyncio.Task[bytes]:
    return asyncio.create_task(exchangeRaw(gateway.ports.gateway, request("GET", path), seconds=SOON_SECONDS))


async def testWhatAHungRedisGaveToNobodyIsFreeAgain(gateway: GatewayUnderTest, client: httpx.AsyncClient) -> None:
    """Redis reads what was sent to it while it hung, long after nobody waits for its answer."""
    path = "/api/auth/quick"
    assert (await client.get(path)).status_code == HTTPStatus.OK
    gateway.signalRedis(signal.SIGSTOP)
    try:
        answers = await asyncio.gather(*(ask(gateway, path) for _ in range(3)))
    finally:
        gateway.signalRedis(signal.SIGCONT)
    assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in answers)
    assert await untilHeld(gateway, 0), "places that no request holds"


async def testAPlaceIsGivenBackThoughRedisWasAwayWhenItWasFree(gateway: GatewayUnderTest) -> None:
    held = ask(gateway, HELD)
    assert await untilHeld(gateway, 1)
    async with gateway.redis() as redis:
        # who leaves during a pause has said nothing
        await redis.client_pause(PAUSE_MS)
        gateway.public.released.set()
        assert (await held).startswith(b"HTTP/1.1 200 ")
    assert await untilHeld(gateway, 0), "told to a Redis that did not listen"


async def testAWorkerThatEndsGivesBackEveryPlace(gateway: GatewayUnderTest) -> None:
    """One request after the other ends in a worker that was told to go."""
    earlier = gateway.workers()
    asked = [ask(gateway, path) for path in (HELD, EVENTS)]
    assert await untilHeld(gateway, 2)
    gateway.reload()
    assert (await asked[1]).startswith(b"HTTP/1.1 200 ")
    assert await untilHeld(gateway, 1)
    assert await untilTrue(lambda: len(gateway.workers() - earlier) > 1, SOON_SECONDS)
    gateway.public.released.set()
    assert (await asked[0]).startswith(b"HTTP/1.1 200 ")
    assert await untilHeld(gateway, 0), "the worker that ends has kept a place"
