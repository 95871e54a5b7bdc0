"""A limit of requests under way is one number for both nodes, and a place is free again when its request has ended."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

import httpx

from nginx.tests.gatewayUnderTest import aPolicy, untilTrue
from shared.backend.utils.uuid import generateId
from tests.gateway.twoNodes import TwoNodes

PATH: Final = "/api/auth/held"
PLACES: Final = 6
ASKING: Final = 20
SOON_S: Final = 10.0


async def testSoManyAtOnceOverBothNodesAndNoMore(nodes: TwoNodes) -> None:
    for _ in range(3):
        await nodes.decidedByRedis(partial(fillAndEmpty, nodes))


async def fillAndEmpty(nodes: TwoNodes) -> None:
    """Ask for more than there are places; who got one is answered only when all others have been refused."""
    policy = aPolicy(id=f"places-{generateId().hex[-12:]}", path=PATH, kind="concurrency", limit=PLACES)
    await nodes.publish({**policy, "windowSeconds": 600})
    servers = [gateway.public for gateway in nodes.gateways]
    for server in servers:
        server.released.clear()
        server.received.clear()
    async with httpx.AsyncClient(timeout=60) as client:
        asked = [asyncio.create_task(client.get(nodes.urls[number % 2] + PATH)) for number in range(ASKING)]
        done, waiting = await doneAfter(asked, ASKING - PLACES)
        arrived = await untilTrue(lambda: sum(len(server.received) for server in servers) == PLACES, SOON_S)
        for server in servers:
            server.released.set()
        answers = await asyncio.gather(*waiting)
    assert arrived
    assert {task.result().status_code for task in done} == {429}
    assert {answer.status_code for answer in answers} == {200}
    await untilAllPlacesAreFree(nodes)


Tasks = set[asyncio.Task[httpx.Response]]


async def doneAfter(tasks: list[asyncio.Task[httpx.Response]], count: int) -> tuple[Tasks, Tasks]:
    """The first so many that are answered, and the others, which are not."""
    done: Tasks = set()
    waiting = set(tasks)
    while len(done) < count:
        finished, waiting = await asyncio.wait(waiting, timeout=SOON_S, return_when=asyncio.FIRST_COMPLETED)
        assert finished, f"{len(waiting)} wait, {len(done)} are answered: {[each.result() for each in done]}"
        done |= finished
    return done, waiting


async def untilAllPlacesAreFree(nodes: TwoNodes) -> None:
    """A place is given back after the answer has gone out."""

    async def areFree() -> bool:
        async with nodes.primary.client() as redis:
            keys = [key async for key in redis.scan_iter("rate_limit:*")]
            return sum([await redis.zcard(key) for key in keys if await redis.type(key) == "zset"]) == 0

    deadline = asyncio.get_running_loop().time() + SOON_S
    while not await areFree():
        assert asyncio.get_running_loop().time() < deadline, "a place is never given back"
        await asyncio.sleep(0.02)
