"""Several Redis of which one is the primary: `redis://user:password@one:6379,other:6379/0`, as for the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from redis.asyncio import Connection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, RedisError

DEFAULT_PORT: Final = 6379
# One that hangs still takes connections; nobody waits longer for it to say what it is.
ROLE_TIMEOUT_S: Final = 0.4
MASTERS: Final = ("master", b"master")
Place = tuple[str, int]


@dataclass
class Places:
    """Where a Redis may be, and where the primary was when somebody last asked."""

    all: Sequence[Place]
    primary: Place | None = field(default=None)


def placesOf(url: str) -> Sequence[Place]:
    """Every host that the URL names."""
    hosts = urlsplit(url).netloc.rpartition("@")[2].split(",")
    return [_placeOf(host) for host in hosts]


def singleUrl(url: str) -> str:
    """The same URL with its first host only."""
    hosts = urlsplit(url).netloc.rpartition("@")[2]
    return url.replace(hosts, hosts.partition(",")[0], 1) if "," in hosts else url


def _placeOf(host: str) -> Place:
    parts = urlsplit(f"//{host}")
    return parts.hostname or "", parts.port or DEFAULT_PORT


class PrimaryConnection(Connection):
    """
    A connection to the primary, wherever that is when it is opened.

    Of several that say they are one, the one that has come furthest: who was away meanwhile is behind. All connections
    of a process stay with the one they found for as long as it answers as a primary.
    """

    def __init__(self, *, places: Places, **arguments: object) -> None:
        super().__init__(**arguments)  # type: ignore[arg-type]
        self._places, self._arguments = places, arguments

    async def connect_check_health(self, check_health: bool = True, retry_socket_connect: bool = True) -> None:
        if self.is_connected and self._isWhereAllAre():
            return
        await self.disconnect(nowait=True)
        known = self._places.primary
        if known is not None and await self._reaches(known):
            return
        found = await self._find()
        if found is None or not await self._reaches(found):
            raise RedisConnectionError("no Redis says that it is the primary")
        self._places.primary = found

    async def read_response(self, *arguments: object, **named: object) -> object:
        try:
            reply: object = await super().read_response(*arguments, **named)  # type: ignore[arg-type]
        except ReadOnlyError as error:
            await self.disconnect()
            raise RedisConnectionError("this Redis is a replica now") from error
        return reply

    def _isWhereAllAre(self) -> bool:
        """Another connection may have found that the primary moved: one that was silent meanwhile goes there too."""
        return self._places.primary in (None, (self.host, self.port))

    async def _find(self) -> Place | None:
        offsets = await asyncio.gather(*(self._offsetAt(place) for place in self._places.all))
        furthest, place = max(zip(offsets, self._places.all, strict=True))
        return None if furthest < 0 else place

    async def _reaches(self, place: Place) -> bool:
        """Whether this connection is open now, to a primary there."""
        self.host, self.port = place
        try:
            async with asyncio.timeout(ROLE_TIMEOUT_S):
                await super().connect_check_health(check_health=False, retry_socket_connect=False)
                if await _offsetOf(self) >= 0:
                    return True
        except (RedisError, TimeoutError):
            pass
        await self.disconnect()
        return False

    async def _offsetAt(self, place: Place) -> int:
        probe = Connection(**{**self._arguments, "host": place[0], "port": place[1]})  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(ROLE_TIMEOUT_S):
                await probe.connect_check_health(check_health=False, retry_socket_connect=False)
                return await _offsetOf(probe)
        except (RedisError, TimeoutError):
            return -1
        finally:
            await probe.disconnect()


async def _offsetOf(connection: Connection) -> int:
    """How far the primary's history has come; -1 when it is no primary."""
    await connection.send_command("ROLE")
    role = await connection.read_response()
    return int(role[1]) if role[0] in MASTERS else -1
