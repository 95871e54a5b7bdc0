from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
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
MAX_ATTEMPTS: Final = 12
FIRST_WAIT_SECONDS: Final = 2.0
LONGEST_WAIT_SECONDS: Final = 3600.0

logger = SystemLogger("outbox")


class OutboxRelay:
    """
    Hands committed outbox messages to their handlers, at least once each: handlers are idempotent.

    A handler that raises is tried again with growing, jittered waits, 12 times over about 2.5 hours; then the message
    is a dead letter and stays for a person to look at.
    """

    def __init__(
        self,
        database: Database,
        model: type[OutboxMessageFields],
        clock: ClockInterface,
        handlers: Mapping[str, Handler],
    ) -> None:
        self._database, self._model, self._clock = database, model, clock
        self._handlers = dict(handlers)

    def job(self, name: str, intervalSeconds: float = 0.5) -> Job:
        return Job(name, self.relay, intervalSeconds)

    async def relay(self) -> int:
        """Claim a batch, commit the claim, then handle each message outside any transaction."""
        async with self._database.openSession() as session:
            queue = OutboxQueue(session, self._model)
            messages = await queue.claim(list(self._handlers), self._clock.now(), LEASE, BATCH)
            await session.commit()
        for message in messages:
            await self._handle(message)
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
        nextAt = None if message.attempts >= MAX_ATTEMPTS else now + _wait(message.attempts)
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


def _wait(attempts: int) -> timedelta:
    seconds = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempts - 1))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load only
