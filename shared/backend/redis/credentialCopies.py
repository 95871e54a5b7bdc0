from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from pydantic import Field, ValidationError

from shared.backend.redis.client import RedisClient, RedisScript
from shared.backend.redis.keys import redisKey
from shared.backend.utils.uuid import generateId
from shared.backend.utils.valueObject import ValueObject

# For so long a worker of the gateway goes by what Redis told it of a credential (nginx/lua/leases.lua).
GATEWAY_MEMORY_SECONDS: Final = 0.04
# No setting lets a copy of a user's credential be believed for longer.
LONGEST_COPY: Final = timedelta(days=1)
# Whoever read the truth before a change has written its copy by then, or never does.
LATEST_WRITER: Final = timedelta(minutes=1)
# So many are ended by one script: while it runs, everybody else waits.
MOST_AT_ONCE: Final = 500

_WRITE: Final = RedisScript("""
if redis.call('EXISTS', KEYS[2], KEYS[4]) > 0 then return 0 end
if ARGV[3] ~= '' and redis.call('GET', KEYS[5]) ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EXAT', ARGV[2])
redis.call('SADD', KEYS[3], KEYS[1])
if redis.call('EXPIRETIME', KEYS[3]) < tonumber(ARGV[2]) then redis.call('EXPIREAT', KEYS[3], ARGV[2]) end
return 1
""")

_ERA: Final = RedisScript("""
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
""")

_END: Final = RedisScript(
    """
local ended = 0
for i = 1, #KEYS, 2 do
  if redis.call('EXPIRETIME', KEYS[i]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[i], '1', 'EXAT', ARGV[1]) end
  for _, copy in ipairs(redis.call('SMEMBERS', KEYS[i + 1])) do ended = ended + redis.call('DEL', copy) end
  redis.call('DEL', KEYS[i + 1])
end
return ended
""",
    mustOutlive=True,
)

_RENEW: Final = RedisScript(
    """
local dropped = 0
for i = 1, tonumber(ARGV[1]) do
  for _, copy in ipairs(redis.call('SMEMBERS', KEYS[i])) do dropped = dropped + redis.call('DEL', copy) end
  redis.call('DEL', KEYS[i])
end
for i = ARGV[1] + 1, #KEYS, 2 do
  redis.call('SET', KEYS[i], '1', 'EXAT', ARGV[2])
  dropped = dropped + redis.call('DEL', KEYS[i + 1])
end
return dropped
""",
    mustOutlive=True,
)


class CredentialCopy(ValueObject):
    """
    What the gateway and the servers need to know of a live credential. Times are in epoch seconds.

    `expiresAt` is until when this is believed, `endsAt` when the credential itself ends at the latest. Of an API key
    `sessionId` is the key.
    """

    hash: str = Field(exclude=True, default="", pattern=r"^([0-9a-f]{64})?$")
    userId: UUID
    sessionId: UUID
    tier: str
    expiresAt: int
    audience: Literal["public", "admin"]
    roles: tuple[str, ...] = ()
    authenticatedAt: int = 0
    kind: Literal["session", "apiKey"] = "session"
    scopes: tuple[str, ...] = ()
    endsAt: int | None = None
    authMethods: tuple[str, ...] = ()


class CredentialCopies:
    """
    Copies of live sessions in Redis under `{service}:session:{hash}`; PostgreSQL holds the truth.

    An ended session leaves a tombstone until it would have expired anyway, so that a reader who saw it
    alive a moment earlier cannot write its copy back; so does a credential that its session gave up for another.
    Redis may lose its tombstones with everything else: what was read in an earlier era of its memory stays out too.
    What ends a session returns when the gateway's workers have forgotten it too: they remember less long than it waits.
    A credential that was given up for another is the same person's, and whose answer is late is signed out elsewhere.
    """

    def __init__(self, redis: RedisClient, service: Literal["kauth", "kadmin"]) -> None:
        self._redis, self._service = redis, service

    async def era(self) -> str:
        """What Redis remembers until it forgets everything; ask before the truth is read. RedisUnavailableError."""
        known = await self._redis.get(self._eraKey())
        return known or str(await self._redis.run(_ERA, [self._eraKey()], [str(generateId())]))

    async def write(self, copy: CredentialCopy, era: str = "") -> bool:
        """
        Store the copy; False, and nothing stored, when its session has ended or the era is over in which it was read.

        RedisUnavailableError.
        """
        keys = [
            self._copyKey(copy.hash),
            self._tombstoneKey(copy.sessionId),
            self._indexKey(copy.sessionId),
            self._retiredKey(copy.hash),
            self._eraKey(),
        ]
        return await self._redis.run(_WRITE, keys, [copy.model_dump_json(), copy.expiresAt, era]) == 1

    async def read(self, credentialHash: str) -> CredentialCopy | None:
        """
        The copy, or None when there is none that can be believed. RedisUnavailableError.

        It is without its hash, which whoever asks knows: this is read for every request.
        """
        text = await self._redis.get(self._copyKey(credentialHash))
        if text is None:
            return None
        try:
            return CredentialCopy.model_validate_json(text)
        except ValidationError:
            return None

    async def endSessions(self, sessionIds: Sequence[UUID], until: datetime) -> None:
        """Delete every copy of these at once, and keep new ones out until `until`, or longer if that was said before.

        RedisUnavailableError.
        """
        if not sessionIds:
            return
        for first in range(0, len(sessionIds), MOST_AT_ONCE):
            some = sessionIds[first : first + MOST_AT_ONCE]
            keys = [key for each in some for key in (self._tombstoneKey(each), self._indexKey(each))]
            await self._redis.run(_END, keys, [int(until.timestamp()) + 1])
        await _outlastTheGateway()

    async def reread(self, credentialIds: Sequence[UUID], at: datetime) -> None:
        """The same for sessions and API keys that go on but not as they were: for a minute the truth is read instead.

        Whoever read them before `at` may still be about to write. RedisUnavailableError.
        """
        await self.endSessions(credentialIds, at + LATEST_WRITER)

    async def renew(self, sessionIds: Sequence[UUID], retiredHashes: Sequence[str], until: datetime) -> None:
        """Drop every copy of sessions that go on, so that they are read anew; keep retired credentials out until then.

        RedisUnavailableError.
        """
        indexes = [self._indexKey(each) for each in sessionIds]
        retired = [key for each in retiredHashes for key in (self._retiredKey(each), self._copyKey(each))]
        await self._redis.run(_RENEW, [*indexes, *retired], [len(indexes), int(until.timestamp()) + 1])

    def _eraKey(self) -> str:
        return redisKey(self._service, "memory", "era")

    def _copyKey(self, credentialHash: str) -> str:
        return redisKey(self._service, "session", credentialHash)

    def _tombstoneKey(self, sessionId: UUID) -> str:
        return redisKey(self._service, "ended", str(sessionId))

    def _retiredKey(self, credentialHash: str) -> str:
        return redisKey(self._service, "retired", credentialHash)

    def _indexKey(self, sessionId: UUID) -> str:
        return redisKey(self._service, "copies", str(sessionId))


async def _outlastTheGateway() -> None:
    await asyncio.sleep(2 * GATEWAY_MEMORY_SECONDS)
