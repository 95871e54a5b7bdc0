from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest
from pydantic import JsonValue
from sqlmodel import SQLModel, col, select

from shared.backend.database.engine import Database
from shared.backend.database.outbox import Outbox, OutboxMessageFields, OutboxQueue, outboxIndexes
from shared.backend.database.table import makeRegistry
from shared.backend.jobs.outboxRelay import DEFAULT_PACE, LEASE, OutboxRelay, RetryPace
from shared.backend.utils.clock import FixedClock

if TYPE_CHECKING:
    from conftest import DatabaseUrls

testRegistry = makeRegistry()


class TestTable(SQLModel, registry=testRegistry):
    __test__: ClassVar[bool] = False
    metadata = testRegistry.metadata


class OutboxMessage(OutboxMessageFields, TestTable, table=True):
    __table_args__ = outboxIndexes()


class Inbox:
    """A handler that remembers what it was given and fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.received: list[Mapping[str, JsonValue]] = []
        self._failures = failures

    async def __call__(self, payload: Mapping[str, JsonValue]) -> None:
        if self._failures > 0:
            self._failures -= 1
            raise ConnectionError("not now")
        self.received.append(payload)


@pytest.fixture
async def opened(database: DatabaseUrls) -> AsyncIterator[Database]:
    opened = Database(database.public)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC))  # noqa: TID251 - a starting point


async def add(opened: Database, clock: FixedClock, topic: str, number: int, *, commit: bool = True) -> None:
    async with opened.openSession() as session:
        await Outbox(session, OutboxMessage, clock).add(topic, {"number": number})
        if commit:
            await session.commit()


async def theMessage(opened: Database, topic: str) -> OutboxMessage:
    async with opened.openSession() as session:
        return (await session.exec(select(OutboxMessage).where(col(OutboxMessage.topic) == topic))).one()


async def testWhatWasRolledBackIsNeverTold(opened: Database, clock: FixedClock) -> None:
    inbox = Inbox()
    await add(opened, clock, "t.rolledBack", 1, commit=False)
    assert await OutboxRelay(opened, OutboxMessage, clock, {"t.rolledBack": inbox}).relay() == 0
    assert inbox.received == []


async def testRacingRelaysHandEachMessageOverOnce(opened: Database, clock: FixedClock) -> None:
    inbox = Inbox()
    for number in range(60):
        await add(opened, clock, "t.raced", number)
    relays = [OutboxRelay(opened, OutboxMessage, clock, {"t.raced": inbox}) for _ in range(5)]
    for _ in range(4):
        await asyncio.gather(*(relay.relay() for relay in relays))
    assert sorted(int(str(payload["number"])) for payload in inbox.received) == list(range(60))


async def testAFailureIsTriedAgainLaterAndThenForgotten(opened: Database, clock: FixedClock) -> None:
    inbox = Inbox(failures=1)
    await add(opened, clock, "t.failsOnce", 1)
    relay = OutboxRelay(opened, OutboxMessage, clock, {"t.failsOnce": inbox})
    await relay.relay()
    assert (await theMessage(opened, "t.failsOnce")).lastError == "ConnectionError"
    assert await relay.relay() == 0
    clock.advance(timedelta(seconds=5))
    await relay.relay()
    assert inbox.received == [{"number": 1}]
    assert (await theMessage(opened, "t.failsOnce")).deliveredAt is not None


async def testAfterTheLastTryItIsADeadLetterAndStays(opened: Database, clock: FixedClock) -> None:
    inbox = Inbox(failures=10_000)
    await add(opened, clock, "t.dead", 1)
    relay = OutboxRelay(opened, OutboxMessage, clock, {"t.dead": inbox})
    for _ in range(DEFAULT_PACE.attempts):
        assert await relay.relay() == 1
        clock.advance(timedelta(hours=2))
    assert await relay.relay() == 0
    message = await theMessage(opened, "t.dead")
    assert message.deadAt is not None
    assert message.attempts == DEFAULT_PACE.attempts


async def testAShortPaceStaysShortHoweverLongItFails(opened: Database, clock: FixedClock) -> None:
    inbox = Inbox(failures=50)
    await add(opened, clock, "t.hurries", 1)
    pace = RetryPace(attempts=100, longestSeconds=5.0)
    relay = OutboxRelay(opened, OutboxMessage, clock, {"t.hurries": inbox}, pace)
    for _ in range(51):
        assert await relay.relay() == 1
        clock.advance(timedelta(seconds=6.1))
    assert inbox.received == [{"number": 1}]


async def testNobodyWaitsForTheOneBeforeWhereSeveralAreHandledAtOnce(opened: Database, clock: FixedClock) -> None:
    together = asyncio.Barrier(4)

    async def handle(_: Mapping[str, JsonValue]) -> None:
        await asyncio.wait_for(together.wait(), 5)

    for number in range(8):
        await add(opened, clock, "t.together", number)
    relay = OutboxRelay(opened, OutboxMessage, clock, {"t.together": handle}, atOnce=4)
    assert await relay.relay() == 8
    async with opened.openSession() as session:
        messages = (await session.exec(select(OutboxMessage).where(col(OutboxMessage.topic) == "t.together"))).all()
    assert all(message.deliveredAt is not None for message in messages)


async def testAMessageClaimedByAKilledRelayComesBackAfterItsLease(opened: Database, clock: FixedClock) -> None:
    inbox = Inbox()
    await add(opened, clock, "t.leased", 1)
    async with opened.openSession() as session:
        assert len(await OutboxQueue(session, OutboxMessage).claim(["t.leased"], clock.now(), LEASE, 5)) == 1
        await session.commit()
    relay = OutboxRelay(opened, OutboxMessage, clock, {"t.leased": inbox})
    assert await relay.relay() == 0
    clock.advance(LEASE + timedelta(seconds=1))
    assert await relay.relay() == 1
    assert inbox.received == [{"number": 1}]
