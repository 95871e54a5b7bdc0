from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping

import pytest
from pydantic import JsonValue

from shared.backend.config.liveSettings import VALUES_KEY, VERSION_KEY, LiveSettings
from shared.backend.redis.client import RedisClient


@pytest.fixture
async def redis(redisUrl: str) -> AsyncIterator[RedisClient]:
    client = RedisClient(redisUrl)
    await client.flushAll()
    yield client
    await client.close()


async def publish(redis: RedisClient, version: int, values: Mapping[str, JsonValue]) -> None:
    document = json.dumps({"version": version, "values": dict(values)})
    await redis.setAll({VALUES_KEY: document, VERSION_KEY: str(version)})


async def testANewVersionIsTakenAndTold(redis: RedisClient) -> None:
    live = LiveSettings(redis)
    told: list[Mapping[str, JsonValue]] = []
    live.onChange(told.append)
    await publish(redis, 1, {"cors.allowedOrigins": ["https://a.example"]})
    await live.refresh()
    await live.refresh()
    assert live.values["cors.allowedOrigins"] == ["https://a.example"]
    assert len(told) == 1


async def testTheLastGoodValuesStayWhenRedisForgetsThemOrTheyCannotBeRead(redis: RedisClient) -> None:
    live = LiveSettings(redis)
    await publish(redis, 1, {"x": 1})
    await live.refresh()
    await redis.setAll({VALUES_KEY: "{broken", VERSION_KEY: "2"})
    await live.refresh()
    assert live.values == {"x": 1}
    await redis.flushAll()
    await live.refresh()
    assert live.values == {"x": 1}


async def testTheLastGoodValuesStayWhenRedisIsAway() -> None:
    client = RedisClient("redis://127.0.0.1:1/0")
    live = LiveSettings(client)
    assert await live.refresh() == 0
    assert live.values == {}
    await client.close()
