from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import pytest
import uvloop

from shared.backend.utils.evenPace import EvenPace

PACE_S: Final = 0.012


async def testABlockNeverEndsSoonerThanItsPace() -> None:
    for work in (0.0, 0.02):
        startedAt = time.perf_counter()
        async with EvenPace(0.05):
            await asyncio.sleep(work)
        assert time.perf_counter() - startedAt >= 0.049


@pytest.mark.parametrize("newLoop", [asyncio.new_event_loop, uvloop.new_event_loop])
def testTheEndTellsNoPartOfAMillisecond(newLoop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """The soonest of many ends: what the machine's other work adds is not in it, what a timer rounds is."""

    async def late(work: float) -> float:
        startedAt = time.perf_counter()
        async with EvenPace(PACE_S):
            while time.perf_counter() < startedAt + work:
                pass
        return time.perf_counter() - startedAt - PACE_S

    async def soonest(work: float) -> float:
        return min([await late(work) for _ in range(40)])

    with asyncio.Runner(loop_factory=newLoop) as runner:
        ends = [runner.run(soonest(work)) for work in (0.0042, 0.0045, 0.0048)]
    assert min(ends) >= 0
    assert max(ends) < 0.0002


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
