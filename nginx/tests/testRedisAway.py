from __future__ import annotations

import asyncio
import re
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from nginx.tests.gatewayUnderTest import METRICS_FOLLOW_SECONDS, GatewayUnderTest, aPolicy, untilTrue

PATH = "/api/auth/limited"
LIMIT = 60
# far above what is promised (0.06 s), far below what a caller waits for a dead server: the machine may be busy
LONGEST_SECONDS = 2.0
ASKED_IN_VAIN = re.compile(r'gateway_redis_calls_total\{outcome="failed"\} (\d+)')


@pytest_asyncio.fixture(name="limited")
async def limitOneRoute(gateway: GatewayUnderTest) -> AsyncIterator[GatewayUnderTest]:
    await gateway.publish(aPolicy(limit=LIMIT, windowSeconds=600))
    yield gateway
    gateway.signalRedis(signal.SIGCONT)


async def hammer(gateway: GatewayUnderTest, seconds: float, pause: float = 0.004) -> tuple[Counter[int], float]:
    """Statuses, and how long the slowest request took."""
    statuses: Counter[int] = Counter()
    slowest = 0.0
    end = time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=gateway.url, timeout=10) as client:
        while time.monotonic() < end:
            startedAt = time.monotonic()
            statuses[(await client.get(PATH)).status_code] += 1
            slowest = max(slowest, time.monotonic() - startedAt)
            await asyncio.sleep(pause)
    return statuses, slowest


async def healthOf(gateway: GatewayUnderTest) -> dict[str, object]:
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        report: dict[str, object] = (await client.get("/health")).json()
    return report


async def askedInVain(gateway: GatewayUnderTest) -> int:
    await asyncio.sleep(METRICS_FOLLOW_SECONDS)
    async with httpx.AsyncClient() as operator:
        found = ASKED_IN_VAIN.search((await operator.get(gateway.metricsUrl)).text)
    return int(found[1]) if found else 0


async def testRedisKilledAndBack(limited: GatewayUnderTest) -> None:
    during = asyncio.create_task(hammer(limited, 3))
    await asyncio.sleep(0.2)
    limited.killRedis()
    await asyncio.sleep(1.5)
    assert (await healthOf(limited))["status"] == "degraded"
    limited.startRedis()
    statuses, slowest = await during
    assert set(statuses) <= {200, 429}
    assert LIMIT <= statuses[200] <= 3 * LIMIT, "before, meanwhile, and after with empty counters"
    assert slowest < LONGEST_SECONDS
    await asyncio.sleep(1.2)
    assert (await healthOf(limited))["status"] == "healthy"


async def testTheFallbackCountsExactlyOverAllWorkers(limited: GatewayUnderTest) -> None:
    limited.killRedis()
    try:
        await asyncio.sleep(0.8)
        limits = httpx.Limits(max_connections=40)
        async with httpx.AsyncClient(base_url=limited.url, limits=limits, timeout=30) as client:
            await asyncio.gather(*(client.get("/api/auth/other") for _ in range(40)))
            responses = await asyncio.gather(*(client.get(PATH) for _ in range(300)))
        counted = Counter(response.status_code for response in responses)
        refused = next(response for response in responses if response.status_code == 429)
        assert counted[429] >= 300 - LIMIT
        assert set(counted) <= {200, 429}
        assert refused.json()["code"] == "gateway.rateLimited"
        assert int(refused.headers["retry-after"]) >= 1
    finally:
        limited.startRedis()


async def testRedisHungIsWaitedForOnlyBriefly(limited: GatewayUnderTest) -> None:
    before = await askedInVain(limited)
    during = asyncio.create_task(hammer(limited, 2.5))
    await asyncio.sleep(0.2)
    limited.signalRedis(signal.SIGSTOP)
    await asyncio.sleep(1.2)
    limited.signalRedis(signal.SIGCONT)
    statuses, slowest = await during
    assert set(statuses) <= {200, 429}
    assert slowest < LONGEST_SECONDS
    assert 0 < statuses[200] <= 2 * LIMIT, "the doors are neither shut nor open"
    assert await askedInVain(limited) - before <= 12, "after a few failures nobody waits for Redis any more"
    assert await untilTrue(lambda: "Redis is back" in limited.log.read_text(), 1)


async def testWorkersThatStartWithoutRedisKeepTheLastGoodPolicies(limited: GatewayUnderTest) -> None:
    limited.killRedis()
    try:
        limited.reload()
        await asyncio.sleep(1.0)
        async with httpx.AsyncClient(base_url=limited.url) as client:
            response = await client.get(PATH)
        assert response.headers["ratelimit-policy"] == f'"burst";q={LIMIT};w=600'
    finally:
        limited.startRedis()


async def testAFreshNodeWithoutRedisStillGuardsSignIn(
    gateway: GatewayUnderTest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fresh = GatewayUnderTest(gateway.tools, tmp_path_factory.mktemp("fresh"))
    fresh.folder.parent.chmod(0o755)
    try:
        await fresh.start()
        fresh.killRedis()
        async with httpx.AsyncClient(base_url=fresh.url) as client:
            statuses = Counter([(await client.post("/api/auth/login")).status_code for _ in range(40)])
        assert set(statuses) == {200, 429}
        assert statuses[200] <= 60
    finally:
        await fresh.stop()
