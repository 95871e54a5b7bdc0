"""Whoever is cancelled while it waits for Redis is gone, at whatever moment that comes."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from shared.backend.redis.client import RedisClient

STEPS = 12


async def testNoCancellationIsLost(redisUrl: str) -> None:
    """A loop that asks again and again, as jobs do, ends when it is told to once."""
    client = RedisClient(redisUrl)
    lost = [steps for steps in range(STEPS) for _ in range(5) if not await endsWhenCancelledAfter(steps, client)]
    await client.close()
    assert lost == []


async def endsWhenCancelledAfter(steps: int, client: RedisClient) -> bool:
    task = asyncio.create_task(askForEver(client))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=0.2)
    while not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task], timeout=0.2)
    return task in done


async def askForEver(client: RedisClient) -> None:
    while True:
        await client.checkConnection()
