from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final, Self

from scripts.benchmarks.wire import Headers, Wire

CONNECTIONS: Final = 20
BROKEN: Final = 0


class SteadyLoad:
    """So many requests a second with credentials that are good, whatever else happens; counts what was answered."""

    def __init__(self, baseUrl: str, path: str, credentials: Sequence[Headers], perSecond: int = 200) -> None:
        self._baseUrl, self._path = baseUrl, path
        self._credentials = itertools.cycle(credentials)
        self._every = CONNECTIONS / perSecond
        self._workers: list[asyncio.Task[None]] = []
        self._startedAt = self._endedAt = 0.0
        self.statuses: Counter[int] = Counter()

    async def __aenter__(self) -> Self:
        self._startedAt = time.monotonic()
        self._workers = [asyncio.create_task(self._work(number)) for number in range(CONNECTIONS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._endedAt = time.monotonic()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    @property
    def perSecond(self) -> float:
        """What was reached until now, or until the end."""
        return self.statuses.total() / ((self._endedAt or time.monotonic()) - self._startedAt)

    async def _work(self, number: int) -> None:
        async with Wire(self._baseUrl) as wire:
            due = self._startedAt + number * self._every / CONNECTIONS
            while True:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                due += self._every
                self.statuses[await self._once(wire)] += 1

    async def _once(self, wire: Wire) -> int:
        try:
            return (await wire.ask("GET", self._path, next(self._credentials))).status
        except (OSError, TimeoutError):
            return BROKEN
