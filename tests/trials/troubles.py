"""What may happen to Redis in the middle of everything, again and again until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from shared.backend.redis.client import RedisClient, RedisUnavailableError
from tests.support.runningStack import RunningStack

FLUSH_EVERY_S: Final = 0.05
AWAY_S: Final = 1.3
THERE_S: Final = 0.7
BACK_WITHIN_S: Final = 15.0

Trouble = Callable[[RunningStack], Awaitable[None]]


async def _flush(stack: RunningStack) -> None:
    async with _redisOf(stack) as redis:
        await redis.flushAll()
    await asyncio.sleep(FLUSH_EVERY_S)


async def _kill(stack: RunningStack) -> None:
    stack.signal("redis", signal.SIGKILL)
    await awaitRedis(stack)
    await asyncio.sleep(THERE_S)


async def _pause(stack: RunningStack) -> None:
    stack.signal("redis", signal.SIGSTOP)
    try:
        await asyncio.sleep(AWAY_S)
    finally:
        stack.signal("redis", signal.SIGCONT)
    await asyncio.sleep(THERE_S)


TROUBLES: Final[Mapping[str, Trouble]] = {"flushed": _flush, "killed": _kill, "paused": _pause}


@asynccontextmanager
async def troubled(stack: RunningStack, trouble: Trouble) -> AsyncIterator[None]:
    """For the length of the block; Redis is well again at its end."""
    task = asyncio.create_task(_repeat(stack, trouble))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        await awaitRedis(stack)
    if not task.cancelled() and (error := task.exception()) is not None:
        raise error


async def awaitRedis(stack: RunningStack) -> None:
    async with asyncio.timeout(BACK_WITHIN_S), _redisOf(stack) as redis:
        while True:
            with contextlib.suppress(RedisUnavailableError):
                await redis.checkConnection()
                return
            await asyncio.sleep(0.02)


async def _repeat(stack: RunningStack, trouble: Trouble) -> None:
    while True:
        with contextlib.suppress(RedisUnavailableError):
            await trouble(stack)


@asynccontextmanager
async def _redisOf(stack: RunningStack) -> AsyncIterator[RedisClient]:
    client = RedisClient(stack.endpoints.redis)
    try:
        yield client
    finally:
        await client.close()
