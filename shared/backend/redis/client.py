from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from shared.backend.exceptions.errors import UnavailableError

CONNECT_TIMEOUT_S = 0.5
ANSWER_TIMEOUT_S = 1.0


class RedisUnavailableError(UnavailableError):
    code: ClassVar[str] = "service.redisUnavailable"
    title: ClassVar[str] = "The cache is away for now"


class RedisScript:
    """A Lua script that runs atomically; sent whole once, then by its hash."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.sha: str | None = None


class RedisClient:
    """
    Text in, text out, one pool, short time-outs. Every failure is a RedisUnavailableError.

    Redis holds copies only: a caller that can go on without it catches that error.
    """

    def __init__(self, url: str, poolSize: int = 20) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=poolSize,
            timeout=ANSWER_TIMEOUT_S,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            socket_timeout=ANSWER_TIMEOUT_S,
            decode_responses=True,
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[ConnectionError],
        )
        self._redis: Redis = Redis(connection_pool=pool)

    async def get(self, key: str) -> str | None:
        async with _translated():
            value = await self._redis.get(key)
        return None if value is None else str(value)

    async def setAll(self, values: Mapping[str, str]) -> None:
        """All of them at once or none."""
        async with _translated():
            await self._redis.mset(dict(values))

    async def set(self, key: str, value: str, expiresInSeconds: int | None = None) -> None:
        async with _translated():
            await self._redis.set(key, value, ex=expiresInSeconds)

    async def delete(self, *keys: str) -> int:
        async with _translated():
            return int(await self._redis.delete(*keys))

    async def flushAll(self) -> None:
        """Forget everything: what a lost Redis looks like."""
        async with _translated():
            await self._redis.flushall()

    async def flushScripts(self) -> None:
        """Forget the scripts only: what a failover may look like."""
        async with _translated():
            await self._redis.script_flush()

    async def publish(self, channel: str, message: str) -> None:
        async with _translated():
            await self._redis.publish(channel, message)

    async def run(self, script: RedisScript, keys: Sequence[str], arguments: Sequence[str | int]) -> object:
        """The script's answer; a Redis that lost its scripts is given this one again."""
        async with _translated():
            return await self._evaluate(script, keys, arguments)

    async def checkConnection(self) -> float:
        """Milliseconds for one round trip; raises when Redis does not answer."""
        startedAt = time.perf_counter()
        async with _translated():
            await self._redis.ping()
        return (time.perf_counter() - startedAt) * 1000

    async def close(self) -> None:
        await self._redis.aclose(close_connection_pool=True)

    async def _evaluate(self, script: RedisScript, keys: Sequence[str], arguments: Sequence[str | int]) -> object:
        if script.sha is None:
            script.sha = str(await self._redis.script_load(script.source))
        try:
            answer: object = await self._redis.evalsha(script.sha, len(keys), *keys, *arguments)
        except NoScriptError:
            answer = await self._redis.eval(script.source, len(keys), *keys, *arguments)
        return answer


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise RedisUnavailableError("the cache did not answer") from error


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
