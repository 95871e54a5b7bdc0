from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from pydantic import JsonValue, TypeAdapter, ValidationError

from shared.backend.loggingFactory import SystemLogger
from shared.backend.redis.client import RedisClient, RedisUnavailableError
from shared.backend.redis.keys import redisKey

VALUES_KEY: Final = redisKey("kadmin", "settings", "values")
VERSION_KEY: Final = redisKey("kadmin", "settings", "version")
POLL_SECONDS: Final = 0.5

logger = SystemLogger("platform")
_Values: Final = TypeAdapter(dict[str, JsonValue])


class LiveSettings:
    """
    The settings an administrator may change while the servers run; noticed within a second.

    The last good values stay when Redis is away or holds something unreadable.
    """

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis
        self._version: str | None = None
        self._values: Mapping[str, JsonValue] = {}
        self._listeners: list[Callable[[Mapping[str, JsonValue]], None]] = []

    @property
    def values(self) -> Mapping[str, JsonValue]:
        return self._values

    def onChange(self, listener: Callable[[Mapping[str, JsonValue]], None]) -> None:
        self._listeners.append(listener)

    async def refresh(self) -> int:
        """Look for a new version; always 0, so that the job that runs this waits its interval."""
        try:
            version = await self._redis.get(VERSION_KEY)
            if version is not None and version != self._version:
                await self._take(version)
        except RedisUnavailableError:
            logger.application.warning("settings.notRefreshed", "the last good settings stay in force")
        return 0

    async def _take(self, version: str) -> None:
        text = await self._redis.get(VALUES_KEY)
        try:
            self._values = _Values.validate_python(json.loads(text or "")["values"])
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            logger.error.error("settings.unreadable", "the last good settings stay in force", exception=error)
            return
        self._version = version
        for listener in self._listeners:
            listener(self._values)
