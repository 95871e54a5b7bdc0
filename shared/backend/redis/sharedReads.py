from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

MOST_AT_ONCE: Final = 256

Fetch = Callable[[Sequence[str]], Awaitable[Sequence[str | None]]]


class SharedReads:
    """
    Reads that wait at the same time travel as one.

    A read never shares an answer that was asked for before it. When one fails, all that wait fail with it: a Redis
    that is away is waited for once, not once for each.
    """

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._waiting: list[tuple[str, asyncio.Future[str | None]]] = []
        self._courier: asyncio.Task[None] | None = None

    async def get(self, key: str) -> str | None:
        """The value, or whatever `fetch` raised."""
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, answer))
        if self._courier is None:
            self._courier = asyncio.create_task(self._carry())
        return await answer

    async def close(self) -> None:
        """Whoever still waits is cancelled."""
        if self._courier is not None:
            self._courier.cancel()
            await asyncio.wait([self._courier])

    async def _carry(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._answer(batch)
        finally:
            self._courier = None
            for _, answer in self._waiting:
                answer.cancel()
            self._waiting = []

    async def _answer(self, batch: Sequence[tuple[str, asyncio.Future[str | None]]]) -> None:
        try:
            values = await self._fetch([key for key, _ in batch])
        except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it was
            self._fail(batch, error)
            return
        except asyncio.CancelledError:
            self._fail(batch, None)
            raise
        for (_, answer), value in zip(batch, values, strict=True):
            if not answer.done():
                answer.set_result(value)

    def _fail(self, batch: Sequence[tuple[str, asyncio.Future[str | None]]], error: Exception | None) -> None:
        waiting, self._waiting = [*batch, *self._waiting], []
        for _, answer in waiting:
            if answer.done():
                continue
            if error is None:
                answer.cancel()
            else:
                answer.set_exception(error)
