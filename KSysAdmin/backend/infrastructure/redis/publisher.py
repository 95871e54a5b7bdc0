from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from KSysAdmin.backend.domain.interfaces.publisherInterface import PublisherInterface
from KSysAdmin.backend.domain.models.publication import PublicationName
from shared.backend.loggingFactory import SystemLogger
from shared.backend.redis.client import RedisClient, RedisScript, RedisUnavailableError
from shared.backend.redis.keys import redisKey

logger = SystemLogger("kadmin")

# The document and its version change together; an older one never replaces a newer one, unless the caller names
# exactly the version that has to go (the database was restored from an older copy).
_PUBLISH: Final = RedisScript("""
local there = tonumber(redis.call('GET', KEYS[2]) or '')
local isWhole = there and redis.call('EXISTS', KEYS[1]) == 1
if isWhole and there >= tonumber(ARGV[2]) and ARGV[3] ~= tostring(redis.call('GET', KEYS[2])) then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2])
return 1
""")

_PLACES: Final = {
    PublicationName.SETTINGS: (redisKey("kadmin", "settings", "values"), redisKey("kadmin", "settings", "version")),
    PublicationName.RATE_LIMIT_POLICIES: (
        redisKey("kadmin", "ratelimit", "policies"),
        redisKey("kadmin", "ratelimit", "version"),
    ),
}


class Publisher(PublisherInterface):
    """Publishes to the keys that the gateway and `LiveSettings` follow."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    async def publishedVersion(self, name: PublicationName) -> int | None:
        documentKey, versionKey = _PLACES[name]
        version, document = await self._redis.get(versionKey), await self._redis.get(documentKey)
        return int(version) if version is not None and version.isdecimal() and document is not None else None

    async def publish(
        self,
        name: PublicationName,
        version: int,
        content: Mapping[str, JsonValue],
        *,
        replacing: int | None = None,
    ) -> bool:
        document = json.dumps({"version": version, **content}, separators=(",", ":"))
        arguments: list[str | int] = [document, version, "" if replacing is None else replacing]
        return await self._redis.run(_PUBLISH, list(_PLACES[name]), arguments) == 1

    async def publishOrLeave(self, name: PublicationName, version: int, content: Mapping[str, JsonValue]) -> None:
        try:
            await self.publish(name, version, content)
        except RedisUnavailableError:
            logger.application.warning(
                "admin.publishingPostponed", "published as soon as Redis is back", set=name.value
            )
