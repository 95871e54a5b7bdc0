from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

MOST_AT_ONCE: Final = 256

Key = TypeVar("Key")
Value = TypeVar("Value")


class SharedReads(Generic[Key, Value]):
    """
    Reads that wait at the same time travel as one.

    A read never shares an answer that was asked for before it. When one fails, all that wait fail with it: a store
    that is away is waited for once, not once for each. `fetch` answers key by key, in their order.
    """

    def __init__(self, fetch: Callable[[Sequence[Key]], Awaitable[Sequence[Value]]]) -> None:
        self._fetch = fetch
        self._waiting: list[tuple[Key, asyncio.Future[Value]]] = []
        self._courier: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> Value:
        """The value, or whatever `fetch` raised."""
        answer: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
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

    async def _answer(self, batch: Sequence[tuple[Key, asyncio.Future[Value]]]) -> None:
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

    def _fail(self, batch: Sequence[tuple[Key, asyncio.Future[Value]]], error: Exception | None) -> None:
        waiting, self._waiting = [*batch, *self._waiting], []
        for _, answer in waiting:
            if answer.done():
                continue
            if error is None:
                answer.cancel()
            else:
                answer.set_exception(error)
