"""Requests in a steady stream or as fast as they are answered, over kept connections to several gateways at once."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

from scripts.benchmarks.wire import Headers, Wire

BROKEN: Final = 0


@dataclass(frozen=True)
class Outcome:
    """One request: when it was sent (monotonic), how long it took, and what came back; BROKEN is no answer."""

    sentAt: float
    seconds: float
    status: int


class Traffic:
    """So many requests a second, in turns to each of the gateways, for the length of the block."""

    def __init__(
        self,
        urls: Sequence[str],
        path: str,
        perSecond: float,
        connections: int = 4,
        headers: Headers | None = None,
    ) -> None:
        self._urls, self._path, self._connections, self._headers = urls, path, connections, headers
        self._every = connections / perSecond
        self._workers: list[asyncio.Task[None]] = []
        self.outcomes: list[Outcome] = []

    async def __aenter__(self) -> Self:
        startedAt = time.monotonic()
        self._workers = [asyncio.create_task(self._work(number, startedAt)) for number in range(self._connections)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    @property
    def statuses(self) -> set[int]:
        return {outcome.status for outcome in self.outcomes}

    @property
    def slowest(self) -> float:
        return max(outcome.seconds for outcome in self.outcomes)

    def admitted(self, after: float = 0.0, until: float = float("inf")) -> int:
        """How many were let in of those that were sent in this time."""
        return sum(1 for each in self.outcomes if each.status == 200 and after <= each.sentAt < until)

    async def _work(self, number: int, startedAt: float) -> None:
        async with Wire(self._urls[number % len(self._urls)]) as wire:
            due = startedAt + number * self._every / self._connections
            while True:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                due += self._every
                self.outcomes.append(await askOnce(wire, self._path, self._headers))


async def askOnce(wire: Wire, path: str, headers: Headers | None = None) -> Outcome:
    sentAt = time.monotonic()
    try:
        status = (await wire.ask("GET", path, headers)).status
    except (OSError, TimeoutError):
        status = BROKEN
    return Outcome(sentAt, time.monotonic() - sentAt, status)


async def burst(urls: Sequence[str], path: str, count: int, connections: int) -> Counter[int]:
    """So many requests as fast as they are answered; the connections are spread over the gateways."""
    return await _hammer(urls, path, itertools.repeat(None, count), connections)


async def hammer(urls: Sequence[str], path: str, seconds: float, connections: int) -> Counter[int]:
    """As fast as they are answered, for so long."""
    endsAt = time.monotonic() + seconds
    left = itertools.takewhile(lambda _: time.monotonic() < endsAt, itertools.repeat(None))
    return await _hammer(urls, path, left, connections)


async def _hammer(urls: Sequence[str], path: str, left: Iterator[object], connections: int) -> Counter[int]:
    statuses: Counter[int] = Counter()

    async def work(url: str) -> None:
        async with Wire(url) as wire:
            for _ in left:
                statuses[(await askOnce(wire, path)).status] += 1

    await asyncio.gather(*(work(urls[number % len(urls)]) for number in range(connections)))
    return statuses
