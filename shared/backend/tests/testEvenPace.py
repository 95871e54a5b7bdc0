from __future__ import annotations

import asyncio
import time

import pytest

from shared.backend.utils.evenPace import EvenPace


async def testABlockNeverEndsSoonerThanItsPace() -> None:
    for work in (0.0, 0.02):
        startedAt = time.perf_counter()
        async with EvenPace(0.05):
            await asyncio.sleep(work)
        assert time.perf_counter() - startedAt >= 0.049


async def testALongerBlockIsNotHeldUp(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[float] = []

    async def hold(seconds: float) -> None:
        held.append(seconds)

    async with EvenPace(0.01):
        await asyncio.sleep(0.05)
        monkeypatch.setattr(asyncio, "sleep", hold)
    assert held == [0.0]


async def testARefusalLeavesAtOnce() -> None:
    startedAt = time.perf_counter()
    with pytest.raises(ValueError, match="no"):
        async with EvenPace(1.0):
            raise ValueError("no")
    assert time.perf_counter() - startedAt < 0.5
