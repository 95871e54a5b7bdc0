from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from pydantic import JsonValue

from KSysPayment.backend.domain.exceptions.paymentErrors import TooManyListenersError
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from shared.backend.loggingFactory import SystemLogger

BATCH: Final = 500
PAUSE_SECONDS: Final = 1
MAX_LISTENERS: Final = 2_000
QUEUE_LENGTH: Final = 50

Payload = Mapping[str, JsonValue]
Queue = asyncio.Queue[Payload]

logger = SystemLogger("payment")


class PaymentEventHub:
    """One reader of the feed for all open streams of this process; it rests while nobody listens."""

    def __init__(self, openWork: OpenPaymentWork) -> None:
        self._openWork = openWork
        self._queues: dict[UUID, set[Queue]] = defaultdict(set)
        self._listeners = 0
        self._wake = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listen(self, paymentId: UUID) -> AsyncIterator[Queue]:
        """Events of this payment from now on; TooManyListenersError when the process is full."""
        if self._listeners >= MAX_LISTENERS:
            raise TooManyListenersError("try again in a moment", retryAfterSeconds=5)
        queue: Queue = asyncio.Queue(QUEUE_LENGTH)
        self._queues[paymentId].add(queue)
        self._listeners += 1
        try:
            await self._ensureReading()
            yield queue
        finally:
            self._listeners -= 1
            self._forget(paymentId, queue)

    def wake(self) -> None:
        """Something was committed here: look at once instead of at the next tick."""
        self._wake.set()

    def _forget(self, paymentId: UUID, queue: Queue) -> None:
        self._queues[paymentId].discard(queue)
        if not self._queues[paymentId]:
            del self._queues[paymentId]
        if self._listeners == 0 and self._reader is not None:
            self._reader.cancel()
            self._reader = None

    async def _ensureReading(self) -> None:
        if self._reader is not None and not self._reader.done():
            return
        async with self._openWork() as work:
            position = await work.events.lastPosition()
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read(position), name="paymentEventHub")

    async def _read(self, position: int) -> None:
        while True:
            try:
                position = await self._readOnce(position)
            except Exception as error:  # noqa: BLE001 - the streams stay open and the next tick tries again
                logger.error.error("payment.feedUnread", "the feed could not be read", exception=error)
            self._wake.clear()
            try:
                async with asyncio.timeout(PAUSE_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _readOnce(self, position: int) -> int:
        async with self._openWork() as work:
            await work.events.placeWaiting(BATCH)
            await work.commit()
        async with self._openWork() as work:
            events = await work.events.readAllAfter(position, BATCH)
        for event in events:
            for queue in self._queues.get(event.paymentId, ()):
                _offer(queue, event.payload)
        return events[-1].feedPosition or position if events else position


def _offer(queue: Queue, payload: Payload) -> None:
    """A listener too slow for fifty events loses the oldest; the newest state is what it wants."""
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(payload)
