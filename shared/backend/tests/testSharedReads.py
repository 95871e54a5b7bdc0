from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from shared.backend.redis.client import RedisClient, RedisUnavailableError
from shared.backend.utils.sharedReads import SharedReads


class Store:
    """Answers reads in the order they come, and only when it is let."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.mayAnswer = asyncio.Event()
        self.failure: Exception | None = None

    async def fetch(self, keys: Sequence[str]) -> Sequence[str | None]:
        self.asked.append(list(keys))
        await self.mayAnswer.wait()
        if self.failure is not None:
            raise self.failure
        return [f"value of {key}" for key in keys]


@pytest.fixture
async def client(redisUrl: str) -> AsyncIterator[RedisClient]:
    opened = RedisClient(redisUrl, poolSize=2)
    yield opened
    await opened.close()


async def testReadsThatWaitTogetherTravelTogether() -> None:
    store = Store()
    reads = SharedReads(store.fetch)
    first = asyncio.create_task(reads.get("a"))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(reads.get(key)) for key in "bcb"]
    await asyncio.sleep(0.01)
    store.mayAnswer.set()
    assert await asyncio.gather(first, *others) == ["value of a", "value of b", "value of c", "value of b"]
    assert store.asked == [["a"], ["b", "c", "b"]]


async def testAReaderWhoLeavesTakesNobodyAlong() -> None:
    store = Store()
    reads = SharedReads(store.fetch)
    leaving, staying = asyncio.create_task(reads.get("a")), asyncio.create_task(reads.get("b"))
    await asyncio.sleep(0.01)
    leaving.cancel()
    store.mayAnswer.set()
    assert await staying == "value of b"
    assert await reads.get("c") == "value of c"


async def testWhoeverWaitsBehindAFailureFailsWithIt() -> None:
    store = Store()
    store.failure = ConnectionError("away")
    reads = SharedReads(store.fetch)
    first = asyncio.create_task(reads.get("a"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(reads.get("b"))
    await asyncio.sleep(0.01)
    store.mayAnswer.set()
    outcomes = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ConnectionError, ConnectionError]
    assert store.asked == [["a"]]
    store.failure = None
    assert await reads.get("c") == "value of c"


async def testClosingLeavesNobodyWaiting() -> None:
    reads = SharedReads(Store().fetch)
    waiting = asyncio.create_task(reads.get("a"))
    await asyncio.sleep(0.01)
    await reads.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def testManyAtOnceOnFewConnectionsAreAllServed(client: RedisClient) -> None:
    async def comeAndGo(number: int) -> list[str | None]:
        await client.set(f"test:reads:{number}", str(number))
        return [await client.get(f"test:reads:{number}") for _ in range(20)]

    answers = await asyncio.gather(*(comeAndGo(number) for number in range(100)))
    assert answers == [[str(number)] * 20 for number in range(100)]


async def testARedisThatIsAwayIsSaidToEveryReader() -> None:
    client = RedisClient("redis://127.0.0.1:1/0")
    outcomes = await asyncio.gather(*(client.get(key) for key in "abc"), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RedisUnavailableError] * 3
    await client.close()
