from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue

from shared.backend.database.engine import Database
from shared.backend.database.outbox import OutboxMessageFields, OutboxQueue
from shared.backend.jobs.job import Job
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

Handler = Callable[[Mapping[str, JsonValue]], Awaitable[None]]

BATCH: Final = 20
LEASE: Final = timedelta(seconds=60)

logger = SystemLogger("outbox")


@dataclass(frozen=True)
class RetryPace:
    """How a message that failed is tried again: after waits that double up to a longest one, in all so many times.

    As it stands: over about 2.5 hours.
    """

    attempts: int = 12
    firstSeconds: float = 2.0
    longestSeconds: float = 3600.0

    def nextAt(self, attempts: int, now: datetime) -> datetime | None:
        """None after the last."""
        if attempts >= self.attempts:
            return None
        seconds = min(self.longestSeconds, self.firstSeconds * 2 ** min(attempts - 1, 30))
        return now + timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load only


DEFAULT_PACE: Final = RetryPace()


class OutboxRelay:
    """
    Hands committed outbox messages to their handlers, at least once each: handlers are idempotent.

    A handler that raises is tried again at its pace; then the message is a dead letter and stays for a person to look
    at. `atOnce` messages of a batch are handled at the same time.
    """

    def __init__(
        self,
        database: Database,
        model: type[OutboxMessageFields],
        clock: ClockInterface,
        handlers: Mapping[str, Handler],
        pace: RetryPace = DEFAULT_PACE,
        atOnce: int = 1,
    ) -> None:
        self._database, self._model, self._clock = database, model, clock
        self._handlers, self._pace, self._atOnce = dict(handlers), pace, atOnce

    def job(self, name: str, intervalSeconds: float = 0.5) -> Job:
        return Job(name, self.relay, intervalSeconds)

    async def relay(self) -> int:
        """Claim a batch, commit the claim, then handle each message outside any transaction."""
        async with self._database.openSession() as session:
            queue = OutboxQueue(session, self._model)
            messages = await queue.claim(list(self._handlers), self._clock.now(), LEASE, BATCH)
            await session.commit()
        for first in range(0, len(messages), self._atOnce):
            await asyncio.gather(*map(self._handle, messages[first : first + self._atOnce]))
        return len(messages)

    async def _handle(self, message: OutboxMessageFields) -> None:
        try:
            await self._handlers[message.topic](message.payload)
        except Exception as error:  # noqa: BLE001 - kept with the message and tried again
            await self._postpone(message, error)
            return
        async with self._database.openSession() as session:
            await OutboxQueue(session, self._model).delivered(message.id, self._clock.now())
            await session.commit()

    async def _postpone(self, message: OutboxMessageFields, error: Exception) -> None:
        now = self._clock.now()
        nextAt = self._pace.nextAt(message.attempts, now)
        label = "outbox.deadLettered" if nextAt is None else "outbox.postponed"
        logger.error.error(
            label,
            message.topic,
            exception=error,
            messageId=str(message.id),
            attempts=message.attempts,
        )
        async with self._database.openSession() as session:
            await OutboxQueue(session, self._model).failed(message.id, type(error).__name__, nextAt, now)
            await session.commit()
