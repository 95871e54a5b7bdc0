from __future__ import annotations

import asyncio
import time

import pytest

from shared.backend.health import healthRouter
from shared.backend.health.healthRouter import HealthChecks


async def answer() -> float:
    return 0.1


async def fail() -> float:
    raise ConnectionError("refused")


async def hang() -> float:
    """As a connection to a stopped database: it takes its time even to be given up."""
    try:
        await asyncio.sleep(30)
    finally:
        await asyncio.sleep(2)
    return 0.1


@pytest.fixture(autouse=True)
def _waitBriefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healthRouter, "PROBE_SECONDS", 0.2)


async def testPartsThatHangAreNamedAndNobodyWaitsForThem() -> None:
    checks = HealthChecks("i", {"database": hang, "crypto": answer}, {"redis": hang})
    startedAt = time.monotonic()
    health = await checks.run()
    assert time.monotonic() - startedAt < 1
    assert health.status == "unhealthy"
    assert {name: part.status for name, part in health.components.items()} == {
        "database": "unhealthy",
        "crypto": "healthy",
        "redis": "unhealthy",
    }


async def testWithoutItsCacheAServerIsDegradedOnly() -> None:
    assert (await HealthChecks("i", {"database": answer}, {"redis": fail}).run()).status == "degraded"
    assert (await HealthChecks("i", {"database": fail}, {"redis": answer}).run()).status == "unhealthy"
    assert (await HealthChecks("i", {"database": answer}, {"redis": answer}).run()).status == "healthy"
