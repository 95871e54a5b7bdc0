from __future__ import annotations

import asyncio
from collections.abc import Callable

from shared.backend.jobs.job import Job, JobRunner


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(12_000):
        if holds():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("never came")


async def testAJobWithMoreToDoRunsAgainAtOnceAndRestsWhenThereIsNone() -> None:
    left = [3]
    runs: list[int] = []

    async def work() -> int:
        runs.append(left[0])
        left[0] = max(0, left[0] - 1)
        return left[0]

    runner = JobRunner([Job("work", work, intervalSeconds=60)])
    runner.start()
    await until(lambda: len(runs) >= 3)
    await asyncio.sleep(0.05)
    await runner.stop()
    assert runs == [3, 2, 1]


async def testAJobThatFailsIsTriedAgainAndStopsNoOther() -> None:
    failures, healthy = [0], [0]

    async def failing() -> int:
        failures[0] += 1
        raise RuntimeError("broken")

    async def working() -> int:
        healthy[0] += 1
        return 0

    runner = JobRunner([Job("failing", failing, 0.01), Job("working", working, 0.01)])
    runner.start()
    await until(lambda: failures[0] >= 2 and healthy[0] >= 5)
    await runner.stop()


async def testStoppingDoesNotWaitForABatchThatHangs() -> None:
    async def hanging() -> int:
        await asyncio.sleep(3600)
        return 0

    runner = JobRunner([Job("hanging", hanging, 1)])
    runner.start()
    await asyncio.sleep(0.01)
    async with asyncio.timeout(1):
        await runner.stop(graceSeconds=0.05)
