"""Two gateways before two public servers, with a Redis and its replica: every part a process, all on one machine."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from nginx.tests.gatewayUnderTest import DECIDED_WITHIN_S, METRICS_FOLLOW_SECONDS, GatewayUnderTest
from nginx.tests.listening import NotReadyError
from nginx.tests.redisUnderTest import RedisUnderTest
from scripts.benchmarks.slowRedis import DelayingProxy
from scripts.stack.ports import freePort
from scripts.stack.provision import ServiceTools

READY_SECONDS: Final = 15.0
Result = TypeVar("Result")
SOURCE: Final = re.compile(r'^gateway_limit_source_total\{source="(\w+)"\} (\d+)', re.MULTILINE)
BREAKER: Final = re.compile(r'^gateway_breaker_open\{worker="\d+"\} (\d)', re.MULTILINE)


class TwoNodes:
    """
    Start with `start`, end with `stop`. `primary` and `replica` change places when one is promoted.

    With `slowMs` both gateways reach Redis through a proxy that can hold back for so long what they say: `changeSpeed`.
    """

    def __init__(self, tools: ServiceTools, folder: Path, slowMs: float | None = None) -> None:
        for name in ("redis", "first", "second"):
            (folder / name).mkdir(parents=True)
        self.primary = RedisUnderTest(tools.redis, folder / "redis")
        self.replica = RedisUnderTest(tools.redis, folder / "redis")
        self.first, self.second = (
            GatewayUnderTest(tools, folder / name, store=self.primary) for name in ("first", "second")
        )
        self._proxies = (
            []
            if slowMs is None
            else [DelayingProxy(freePort(), redis.port, 0, slowMs) for redis in (self.primary, self.replica)]
        )
        places = [f"127.0.0.1:{proxy.port}" for proxy in self._proxies] or [self.primary.address, self.replica.address]
        servers = ",".join(f"127.0.0.1:{gateway.ports.public}" for gateway in self.gateways)
        for number, gateway in enumerate(self.gateways):
            gateway.settings |= {
                "REDIS_URL": f"redis://{','.join(places)}/0",
                "GATEWAY_PUBLIC_SERVERS": servers,
                "GATEWAY_NODES": "2",
                "K_INSTANCE_ID": f"node{number + 1}",
            }
        self._version = 0

    @property
    def gateways(self) -> tuple[GatewayUnderTest, GatewayUnderTest]:
        return self.first, self.second

    @property
    def urls(self) -> list[str]:
        return [gateway.url for gateway in self.gateways]

    async def start(self) -> None:
        self.primary.start()
        self.replica.start(replicaOf=self.primary)
        await self.replica.untilInStep()
        for proxy in self._proxies:
            proxy.start()
        for gateway in self.gateways:
            await gateway.start()

    async def stop(self) -> None:
        for gateway in self.gateways:
            await gateway.stop()
        for proxy in self._proxies:
            proxy.stop()
        self.primary.kill()
        self.replica.kill()

    def changeSpeed(self) -> None:
        """From quick to slow, or from slow to quick."""
        for proxy in self._proxies:
            proxy.change()

    async def publish(self, *policies: Mapping[str, object]) -> int:
        """Publish as KSysAdmin does, and wait until every worker of both nodes follows."""
        version = await self.announce(*policies)
        await self.untilInForce(version)
        return version

    async def announce(self, *policies: Mapping[str, object]) -> int:
        """The same without the waiting."""
        self._version += 1
        await self.announceText(json.dumps({"version": self._version, "policies": policies}), self._version)
        return self._version

    async def announceText(self, text: str, version: int) -> None:
        self._version = version
        async with self.primary.client() as redis, redis.pipeline(transaction=True) as together:
            together.set("kadmin:ratelimit:policies", text)
            together.set("kadmin:ratelimit:version", version)
            await together.execute()

    @property
    def nextVersion(self) -> int:
        return self._version + 1

    async def untilInForce(self, version: int, seconds: float = READY_SECONDS) -> float:
        """Until all four workers work with it; how long that took."""
        startedAt = time.monotonic()
        while await self.versionsInForce() != [version] * 4:
            if time.monotonic() - startedAt > seconds:
                raise NotReadyError(f"version {version} is not in force everywhere: {await self.versionsInForce()}")
            await asyncio.sleep(0.01)
        return time.monotonic() - startedAt

    async def versionsInForce(self) -> list[int]:
        perNode = await asyncio.gather(*(gateway.versionsInForce() for gateway in self.gateways))
        return [version for versions in perNode for version in versions]

    async def settledSources(self) -> Mapping[str, int]:
        """How many requests Redis has decided, a node for itself (fallback), or what was already known (blocked)."""
        await asyncio.sleep(METRICS_FOLLOW_SECONDS)
        counted: dict[str, int] = {}
        for gateway in self.gateways:
            for source, count in SOURCE.findall(await gateway.metrics()):
                counted[source] = counted.get(source, 0) + int(count)
        return counted

    async def decidedByRedis(self, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """
        What came of the attempt in which Redis alone decided; whatever a test says of exactness is said of such.

        A machine that stands still for as long as a gateway waits for Redis makes that gateway count for itself, as it
        should. Then there is another attempt, which must have counters of its own.
        """
        deadline = time.monotonic() + DECIDED_WITHIN_S
        while time.monotonic() < deadline:
            await self.untilRedisIsAsked()
            before = await self.settledSources()
            try:
                result = await attempt()
            except AssertionError:
                if not await self._countedForItself(before):
                    raise
                continue
            if not await self._countedForItself(before):
                return result
        raise AssertionError("the machine is too slow: a node counted for itself each time")

    async def _countedForItself(self, before: Mapping[str, int]) -> bool:
        return (await self.settledSources()).get("fallback", 0) > before.get("fallback", 0)

    async def untilSound(self) -> None:
        """Until every worker asks Redis and the replica holds what the primary holds."""
        await self.untilRedisIsAsked()
        await self.replica.untilInStep()

    async def untilRedisIsAsked(self) -> float:
        """Until no worker of either node thinks that Redis is away; how long that took."""
        startedAt = time.monotonic()
        while await self._openBreakers():
            if time.monotonic() - startedAt > READY_SECONDS:
                raise NotReadyError("a worker still thinks that Redis is away")
            await asyncio.sleep(0.02)
        return time.monotonic() - startedAt

    async def awayFor(self, seconds: float) -> float:
        """How long from now a worker did without Redis still, watched for so long and until none does."""
        startedAt, lastAway = time.monotonic(), 0.0
        while time.monotonic() - startedAt < seconds:
            if await self._openBreakers():
                lastAway = time.monotonic() - startedAt
            await asyncio.sleep(0.02)
        return max(lastAway, seconds + await self.untilRedisIsAsked()) if await self._openBreakers() else lastAway

    async def _openBreakers(self) -> int:
        texts = await asyncio.gather(*(gateway.metrics() for gateway in self.gateways))
        return sum(int(state) for text in texts for state in BREAKER.findall(text))

    async def failOver(self) -> None:
        """The primary dies and the replica takes its place; the dead one comes back later as a replica: `rejoin`."""
        await asyncio.to_thread(self.primary.kill)
        await self.replica.promote()
        self.primary, self.replica = self.replica, self.primary

    async def rejoin(self) -> None:
        await asyncio.to_thread(self.replica.start, self.primary)
        await self.replica.untilInStep()
