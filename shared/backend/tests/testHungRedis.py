"""A Redis that takes connections and says nothing: the wait that is promised is the wait there is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from shared.backend.redis.client import ANSWER_TIMEOUT_S, RedisClient, RedisUnavailableError

CALLS: list[Callable[[RedisClient], Awaitable[object]]] = [
    lambda client: client.get("a"),
    lambda client: client.set("a", "b"),
    lambda client: client.delete("a"),
]


@pytest.fixture
async def hung() -> AsyncIterator[RedisClient]:
    over = asyncio.Event()

    async def saysNothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    listener = await asyncio.start_server(saysNothing, "127.0.0.1", 0)
    client = RedisClient(f"redis://127.0.0.1:{listener.sockets[0].getsockname()[1]}/0")
    yield client
    over.set()
    await client.close()
    listener.close()


@pytest.mark.parametrize("call", CALLS)
async def testNobodyWaitsTwiceForAHungRedis(
    hung: RedisClient, call: Callable[[RedisClient], Awaitable[object]]
) -> None:
    startedAt = time.monotonic()
    with pytest.raises(RedisUnavailableError):
        await call(hung)
    assert time.monotonic() - startedAt < ANSWER_TIMEOUT_S * 1.6
