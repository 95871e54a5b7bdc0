from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from scripts.benchmarks.wire import Answer, Headers, Wire

PAUSE_S: Final = 0.003
PATIENCE_S: Final = 20.0


@dataclass(frozen=True)
class Door:
    """A place where a credential may be shown."""

    baseUrl: str
    path: str


class Hammer:
    """Shows one credential at one door, over one connection, again and again until it is told to stop."""

    def __init__(self, door: Door, credential: Headers) -> None:
        self.door, self.credential = door, credential
        self.answers: list[Answer] = []
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._strike())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def awaitAccepted(self) -> None:
        """Until it was let in once: only then there is something to lose."""
        await self._until(lambda: any(answer.isAccepted for answer in self.answers), "was never accepted")

    async def awaitStrikes(self, count: int, after: float) -> None:
        """Until so many answers have come to requests that left after this moment."""
        await self._until(lambda: len(self.since(after)) >= count, "could not ask any more")

    def since(self, moment: float) -> Sequence[Answer]:
        return [answer for answer in self.answers if answer.sentAt > moment]

    async def _strike(self) -> None:
        async with Wire(self.door.baseUrl) as wire:
            while True:
                try:
                    self.answers.append(await wire.ask("GET", self.door.path, self.credential))
                except (OSError, TimeoutError):
                    await asyncio.sleep(0.1)
                await asyncio.sleep(PAUSE_S)

    async def _until(self, isSo: Callable[[], bool], complaint: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if isSo():
                return
            await asyncio.sleep(PAUSE_S)
        last = self.answers[-1] if self.answers else None
        raise AssertionError(f"the credential {complaint} at {self.door}; last answer {last}")
