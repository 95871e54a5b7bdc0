from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from conftest import DatabaseUrls
from KSysAdmin.backend.infrastructure.cli.verifyAudit import verify
from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl
from KSysAdmin.backend.tests.conftest import Person, SqlConnection
from shared.backend.utils.uuid import generateId

APPEND = "SELECT append_audit_event($1, $2, now(), 'user', $3, NULL, 'thing.done', 'thing', 't', NULL, $4, NULL, NULL)"
EVENTS = 6


@pytest.fixture
async def tampering(sql: SqlConnection) -> AsyncIterator[SqlConnection]:
    """Six events on the auth chain, and an owner who has taken the guard away; everything undone afterwards."""
    await sql.execute("BEGIN")
    await sql.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    await sql.execute("DELETE FROM audit_event WHERE chain = 'auth'")
    await sql.execute("UPDATE audit_chain_head SET seq = 0, hash = $1 WHERE chain = 'auth'", bytes(32))
    for number in range(EVENTS):
        await sql.fetchval(APPEND, generateId(), "auth", f"user-{number}", f'{{"number": {number}}}')
    assert await firstBad(sql) is None
    yield sql
    await sql.execute("ROLLBACK")


async def firstBad(sql: SqlConnection) -> object:
    return await sql.fetchval("SELECT verify_audit_chain('auth')")


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("UPDATE audit_event SET actor_id = 'someone else' WHERE chain = 'auth' AND seq = 3", 3),
        ("UPDATE audit_event SET after_state = '{\"number\": 99}' WHERE chain = 'auth' AND seq = 1", 1),
        ("UPDATE audit_event SET occurred_at = occurred_at - interval '1 us' WHERE chain = 'auth' AND seq = 4", 4),
        ("UPDATE audit_event SET acting_for = '' WHERE chain = 'auth' AND seq = 5", 5),
        ("DELETE FROM audit_event WHERE chain = 'auth' AND seq = 3", 3),
        ("DELETE FROM audit_event WHERE chain = 'auth' AND seq = 1", 1),
        ("DELETE FROM audit_event WHERE chain = 'auth' AND seq = 6", 6),
        ("DELETE FROM audit_event WHERE chain = 'auth' AND seq > 4", 5),
        ("DELETE FROM audit_event WHERE chain = 'auth'", 1),
        ("UPDATE audit_event SET seq = 100 WHERE chain = 'auth' AND seq = 2", 2),
        ("UPDATE audit_chain_head SET seq = seq - 1 WHERE chain = 'auth'", 6),
        ("UPDATE audit_chain_head SET hash = 'x' WHERE chain = 'auth'", 6),
        ("DELETE FROM audit_chain_head WHERE chain = 'auth'", 1),
    ],
)
async def testWhatTheOwnerDoesToARowIsNamed(tampering: SqlConnection, what: str, named: int) -> None:
    await tampering.execute(what)
    assert await firstBad(tampering) == named


async def testSwappedRowsAreNamed(tampering: SqlConnection) -> None:
    await tampering.execute("UPDATE audit_event SET seq = seq + 1000 WHERE chain = 'auth' AND seq IN (2, 5)")
    await tampering.execute("UPDATE audit_event SET seq = 7 - (seq - 1000) WHERE chain = 'auth' AND seq > 1000")
    assert await firstBad(tampering) == 2


async def testARowMovedToAnotherChainIsMissedHereAndNamedThere(tampering: SqlConnection) -> None:
    await tampering.execute("UPDATE audit_event SET chain = 'payment', seq = 1 WHERE chain = 'auth' AND seq = 1")
    assert await firstBad(tampering) == 1
    assert await tampering.fetchval("SELECT verify_audit_chain('payment')") == 1


async def testARowWithAFreshHashBreaksTheNextLink(tampering: SqlConnection) -> None:
    await tampering.execute("UPDATE audit_event SET action = 'nothing.happened' WHERE chain = 'auth' AND seq = 3")
    await tampering.execute(
        "UPDATE audit_event e SET hash = audit_event_hash(e.previous_hash, e) WHERE e.chain = 'auth' AND e.seq = 3"
    )
    assert await firstBad(tampering) == 4


@pytest.mark.parametrize(
    "what",
    [
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "DELETE FROM setting_history",
    ],
)
async def testEvenTheOwnerMeetsTheGuardFirst(sql: SqlConnection, what: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await sql.execute(what)


async def testTheCallVerifiesEveryChain(boss: Person, database: DatabaseUrls) -> None:
    answer = await boss.post("/audit-events/verify")
    assert answer.status_code == 200, answer.text
    assert answer.json()["intact"] is True
    chains = {chain["chain"]: chain for chain in answer.json()["chains"]}
    assert set(chains) == {"admin", "auth", "payment"}
    assert chains["admin"]["events"] >= 2
    assert len(chains["admin"]["headHash"]) == 64
    assert (await verify(database.admin)).intact


async def testTheCallNamesTheBrokenRow(boss: Person, database: DatabaseUrls) -> None:
    await boss.sql.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    await boss.sql.execute("UPDATE audit_event SET action = action || '.x' WHERE chain = 'admin' AND seq = 2")
    answer = (await boss.post("/audit-events/verify")).json()
    assert answer["intact"] is False
    assert next(chain for chain in answer["chains"] if chain["chain"] == "admin")["firstBadSeq"] == 2
    assert not (await verify(database.admin)).intact
    await boss.sql.execute("UPDATE audit_event SET action = replace(action, '.x', '') WHERE chain = 'admin'")
    await boss.sql.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")


async def testEventsAreFilteredByActorActionTargetAndTime(boss: Person) -> None:
    await boss.put("/settings/auth.passwordMinLength", {"value": 17})
    mine = (await boss.get("/audit-events", actor=boss.administratorId)).json()["items"]
    assert {event["action"] for event in mine} == {"administrator.enrolled", "setting.changed"}
    family = (await boss.get("/audit-events", actor=boss.administratorId, action="setting.")).json()["items"]
    assert [event["targetId"] for event in family] == ["auth.passwordMinLength"]
    none = (await boss.get("/audit-events", actor=boss.administratorId, to="2020-01-01T00:00:00Z")).json()["items"]
    assert none == []
    since = (await boss.get("/audit-events", actor=boss.administratorId, **{"from": "2020-01-01T00:00:00Z"})).json()
    assert len(since["items"]) == 2


async def testParallelAppendsMakeOneChain(database: DatabaseUrls) -> None:
    import asyncio

    async def append(number: int) -> None:
        connection = await asyncpg.connect(toDriverUrl(database.public))
        try:
            await connection.fetchval(APPEND, generateId(), "payment", f"user-{number}", None)
        finally:
            await connection.close()

    await asyncio.gather(*(append(number) for number in range(15)))
    assert (await verify(database.admin)).intact


async def testAServerWritesOnlyItsOwnChains(database: DatabaseUrls) -> None:
    for url, chain in ((database.public, "admin"), (database.admin, "auth"), (database.admin, "payment")):
        connection = await asyncpg.connect(toDriverUrl(url))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetchval(APPEND, UUID(int=generateId().int), chain, "intruder", None)
        await connection.close()
