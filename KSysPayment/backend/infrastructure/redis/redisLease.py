from __future__ import annotations

from typing import Final

from KSysPayment.backend.domain.interfaces.leaseInterface import LeaseInterface
from shared.backend.redis.client import RedisClient, RedisScript, RedisUnavailableError
from shared.backend.redis.keys import redisKey
from shared.backend.utils.uuid import generateId

TAKE: Final = RedisScript("return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) and 1 or 0")


class RedisLease(LeaseInterface):
    """Held in Redis; without Redis everyone holds it, since the work is harmless when done twice."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis
        self._holder = str(generateId())

    async def take(self, name: str, seconds: int) -> bool:
        try:
            return await self._redis.run(TAKE, [redisKey("kpayment", "lease", name)], [self._holder, seconds]) == 1
        except RedisUnavailableError:
            return True
