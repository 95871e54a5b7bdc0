from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError

from shared.backend.exceptions.errors import UnavailableError
from shared.backend.redis.keys import redisKey
from shared.backend.redis.primary import Places, PrimaryConnection, placesOf, singleUrl
from shared.backend.utils.sharedReads import SharedReads

CONNECT_TIMEOUT_S = 0.5
ANSWER_TIMEOUT_S = 1.0
# So long a replica may take to say that it has what must outlive its primary.
REPLICA_TIMEOUT_MS = 200
MARK_KEY = redisKey("shared", "replication", "mark")
# All that are connected, also who is only coming into step: it holds copies already.
REPLICAS = "connected_slaves"


class RedisUnavailableError(UnavailableError):
    code: ClassVar[str] = "service.redisUnavailable"
    title: ClassVar[str] = "The cache is away for now"


class NotReplicatedError(RedisUnavailableError):
    """It is done here, and a replica that might be the next primary has not said that it has it."""


class RedisScript:
    """
    A Lua script that runs atomically; sent whole once, then by its hash.

    What `mustOutlive` the primary is not done before a replica has it, where there are replicas.
    """

    def __init__(self, source: str, *, mustOutlive: bool = False) -> None:
        self.source, self.mustOutlive = source, mustOutlive
        self.sha: str | None = None


class RedisClient:
    """
    Text in, text out, one pool, short time-outs. Every failure is a RedisUnavailableError.

    Redis holds copies only: a caller that can go on without it catches that error. An URL with several hosts means
    whichever of them is the primary.
    """

    def __init__(self, url: str, poolSize: int = 20) -> None:
        pool = ConnectionPool.from_url(
            singleUrl(url),
            **_primaryOf(url),
            max_connections=poolSize,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            socket_timeout=ANSWER_TIMEOUT_S,
            decode_responses=True,
            # A connection that broke is made anew; one that is silent would only be waited for twice.
            retry=Retry(NoBackoff(), 1, (RedisConnectionError,)),
        )
        self._redis: Redis = Redis(connection_pool=pool)
        self._areSeveral = len(placesOf(url)) > 1
        # First come, first served: the library's own waiting pool lets late comers overtake until others time out.
        self._turns = asyncio.Semaphore(poolSize)
        self._reads = SharedReads(self._getAll)

    async def get(self, key: str) -> str | None:
        """The value, or None; a key that holds something else than text counts as none."""
        async with _translated():
            return await self._reads.get(key)

    async def setAll(self, values: Mapping[str, str]) -> None:
        """All of them at once or none."""
        async with self._turn():
            await self._redis.mset(dict(values))

    async def set(self, key: str, value: str, expiresInSeconds: int | None = None) -> None:
        async with self._turn():
            await self._redis.set(key, value, ex=expiresInSeconds)

    async def delete(self, *keys: str) -> int:
        async with self._turn():
            return int(await self._redis.delete(*keys))

    async def flushAll(self) -> None:
        """Forget everything: what a lost Redis looks like."""
        async with self._turn():
            await self._redis.flushall()

    async def flushScripts(self) -> None:
        """Forget the scripts only: what a failover may look like."""
        async with self._turn():
            await self._redis.script_flush()

    async def publish(self, channel: str, message: str) -> None:
        async with self._turn():
            await self._redis.publish(channel, message)

    async def run(self, script: RedisScript, keys: Sequence[str], arguments: Sequence[str | int]) -> object:
        """The script's answer; a Redis that lost its scripts is given this one again."""
        async with self._turn():
            if script.mustOutlive and await self._isReplicated():
                return await self._evaluateForGood(script, keys, arguments)
            return await self._evaluate(script, keys, arguments)

    async def checkConnection(self) -> float:
        """Milliseconds for one round trip; raises when Redis does not answer."""
        startedAt = time.perf_counter()
        async with self._turn():
            await self._redis.ping()
        return (time.perf_counter() - startedAt) * 1000

    async def close(self) -> None:
        await self._reads.close()
        await self._redis.aclose(close_connection_pool=True)

    async def _getAll(self, keys: Sequence[str]) -> Sequence[str | None]:
        async with self._turn():
            values = await self._redis.mget(keys)
        return [None if value is None else str(value) for value in values]

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One of the pool's connections, after at most as long as an answer may take."""
        async with _translated():
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await self._turns.acquire()
            try:
                yield
            finally:
                self._turns.release()

    async def _evaluate(self, script: RedisScript, keys: Sequence[str], arguments: Sequence[str | int]) -> object:
        if script.sha is None:
            script.sha = str(await self._redis.script_load(script.source))
        try:
            answer: object = await self._redis.evalsha(script.sha, len(keys), *keys, *arguments)
        except NoScriptError:
            answer = await self._redis.eval(script.source, len(keys), *keys, *arguments)
        return answer

    async def _evaluateForGood(
        self, script: RedisScript, keys: Sequence[str], arguments: Sequence[str | int]
    ) -> object:
        """NotReplicatedError when there are replicas and none has taken it: one may be the next primary."""
        async with self._redis.pipeline(transaction=False) as pipe:  # WAIT speaks of its own connection
            pipe.eval(script.source, len(keys), *keys, *arguments)
            # A script that finds its work done writes nothing; whoever has this has all that was written before it.
            pipe.set(MARK_KEY, "", ex=1)
            pipe.wait(1, REPLICA_TIMEOUT_MS)
            pipe.info("replication")
            answer, _, taken, replication = await pipe.execute()
        if taken == 0 and replication[REPLICAS] > 0:
            raise NotReplicatedError("no replica has taken it")
        return answer

    async def _isReplicated(self) -> bool:
        return self._areSeveral and (await self._redis.info("replication"))[REPLICAS] > 0


def _primaryOf(url: str) -> Mapping[str, object]:
    places = placesOf(url)
    return {"connection_class": PrimaryConnection, "places": Places(places)} if len(places) > 1 else {}


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    task = asyncio.current_task()
    before = 0 if task is None else task.cancelling()
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise RedisUnavailableError("the cache did not answer") from error
    finally:
        # the library waits by asyncio.wait_for, which before Python 3.12 loses a cancellation that comes with the end
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError


async def initRedis(url: str, poolSize: int = 20) -> RedisClient:
    """A client; Redis may be away at start, since it holds copies only."""
    return RedisClient(url, poolSize)


async def closeRedis(client: RedisClient) -> None:
    await client.close()


@asynccontextmanager
async def getRedis(url: str) -> AsyncIterator[RedisClient]:
    """A client for the length of the block."""
    client = RedisClient(url)
    try:
        yield client
    finally:
        await client.close()
