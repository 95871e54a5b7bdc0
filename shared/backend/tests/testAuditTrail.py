from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from shared.backend.database.auditTrail import AuditEntry, AuditTrail
from shared.backend.database.engine import Database

if TYPE_CHECKING:
    from conftest import DatabaseUrls

ENTRY = AuditEntry(
    occurredAt=datetime(2026, 1, 15, tzinfo=UTC),
    actorKind="user",
    actorId="u1",
    action="payment.created",
    targetKind="payment",
    targetId="p1",
    after={"status": "awaitingPayment"},
)


@pytest.fixture
async def opened(database: DatabaseUrls) -> AsyncIterator[Database]:
    opened = Database(database.public)
    yield opened
    await opened.close()


async def append(opened: Database, *, commit: bool = True) -> None:
    async with opened.openSession() as session:
        await AuditTrail(session, "payment").append(ENTRY)
        if commit:
            await session.commit()


async def count(database: DatabaseUrls) -> int:
    owner = Database(database.owner)
    async with owner.engine.connect() as connection:
        counted = (
            await connection.execute(text("SELECT count(*) FROM audit_event WHERE chain = 'payment'"))
        ).scalar_one()
    await owner.close()
    return int(counted)


async def testParallelEntriesAreAllInAnUnbrokenChain(opened: Database, database: DatabaseUrls) -> None:
    await asyncio.gather(*(append(opened) for _ in range(30)))
    owner = Database(database.owner)
    async with owner.engine.connect() as connection:
        firstBad = (await connection.execute(text("SELECT verify_audit_chain('payment')"))).scalar_one()
        seqs = (
            await connection.execute(text("SELECT seq FROM audit_event WHERE chain='payment' ORDER BY seq"))
        ).scalars()
        assert list(seqs) == list(range(1, 31))
    await owner.close()
    assert firstBad is None


async def testWhatWasRolledBackLeavesNoEntryAndNoGap(opened: Database, database: DatabaseUrls) -> None:
    before = await count(database)
    await append(opened, commit=False)
    await append(opened)
    assert await count(database) == before + 1
