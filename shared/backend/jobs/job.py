from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shared.backend.loggingFactory import SystemLogger

MAX_PAUSE_AFTER_FAILURE_S = 10.0
APART_AT_START_S = 0.05

logger = SystemLogger("jobs")


@dataclass(frozen=True)
class Job:
    """
    Background work. `run` does one short batch and says how much it did; while that is > 0 it runs again at once.

    Every run claims its own work (SKIP LOCKED or a conditional update), so any number of processes may run it.
    """

    name: str
    run: Callable[[], Awaitable[int]]
    intervalSeconds: float


class JobRunner:
    """Runs jobs until stopped; one that fails waits a little longer each time and never stops the others."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    def start(self) -> None:
        """One a little after the other: all at once would open a database connection for each, which then stays."""
        self._tasks = [
            asyncio.create_task(self._keepRunning(job, position * APART_AT_START_S), name=f"job:{job.name}")
            for position, job in enumerate(self._jobs)
        ]

    async def stop(self, graceSeconds: float = 1.0) -> None:
        """Let running batches end for `graceSeconds`, then cancel them; leases give their work back."""
        self._stopping.set()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=graceSeconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keepRunning(self, job: Job, afterSeconds: float) -> None:
        await self._wait(afterSeconds)
        failures = 0
        while not self._stopping.is_set():
            try:
                done = await job.run()
                failures = 0
            except Exception as error:  # noqa: BLE001 - a job that fails is tried again, whatever it was
                failures += 1
                done = 0
                logger.error.error("job.failed", f"{job.name} failed", exception=error, job=job.name, failures=failures)
            if done == 0:
                await self._pause(job.intervalSeconds, failures)

    async def _pause(self, interval: float, failures: int) -> None:
        backoff = min(MAX_PAUSE_AFTER_FAILURE_S, interval * 2 ** min(failures, 6))
        seconds = (backoff if failures else interval) * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load only
        await self._wait(seconds)

    async def _wait(self, seconds: float) -> None:
        """Until then, or until it shall stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
