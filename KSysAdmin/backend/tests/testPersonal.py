"""What administrators see of what is personal: as long as there is the person's key, and not a moment longer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest

from conftest import DatabaseUrls
from KSysAdmin.backend.infrastructure.cli.verifyAudit import verify
from KSysAdmin.backend.tests.conftest import Person, SqlConnection
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.database.auditAddresses import AuditAddresses
from shared.backend.database.auditTrail import AuditEntry, AuditTrail
from shared.backend.database.engine import Database
from shared.backend.http.requestContext import RequestContext, currentRequest
from shared.backend.personalSealer import PersonalSealer
from shared.backend.utils.uuid import generateId

ADDRESS = "2001:db8::7"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
async def publicServer(database: DatabaseUrls) -> AsyncIterator[Database]:
    """The database under the role of the public server, in a request that comes from somewhere."""
    opened = Database(database.public, poolSize=2)
    token = currentRequest.set(RequestContext(requestId="a-request-id", clientIp=ADDRESS))
    yield opened
    currentRequest.reset(token)
    await opened.close()


@pytest.fixture
async def userId(sql: SqlConnection, crypto: CryptoFactory) -> UUID:
    """Somebody with a key and one live session, both as the public server writes them."""
    userId, sessionId = generateId(), generateId()
    sealer = PersonalSealer(crypto)
    key = sealer.newKey(userId)
    device = sealer.seal(userId, key, f'{{"ip":"{ADDRESS}","userAgent":"curl/8.5.0"}}', f"session:{sessionId}:device")
    await sql.execute(
        "INSERT INTO user_account (id, email, email_as_given, locale, password_hash, password_changed_at, status,"
        " created_at, updated_at) VALUES ($1, $2, $2, 'en', 'x', now(), 'active', now(), now())",
        userId,
        f"{userId}@example.com",
    )
    await sql.execute("INSERT INTO user_key VALUES ($1, $2, now())", userId, key)
    await sql.execute(
        "INSERT INTO user_session (id, user_id, client, auth_methods, created_at, authenticated_at, last_seen_at,"
        " idle_expires_at, expires_at, device_sealed, device_label) VALUES ($1, $2, 'api', '{password}', now(), now(),"
        " now(), now() + interval '1 day', now() + interval '1 day', $3, 'curl')",
        sessionId,
        userId,
        device,
    )
    return userId


async def append(publicServer: Database, crypto: CryptoFactory, userId: UUID | None) -> None:
    entry = AuditEntry(
        occurredAt=NOON,
        actorKind="anonymous" if userId is None else "user",
        actorId="anonymous" if userId is None else str(userId),
        action="auth.tested",
        targetKind="user",
        targetId=str(userId),
    )
    async with publicServer.openSession() as session:
        await AuditTrail(session, "auth", AuditAddresses(crypto)).append(entry)
        await session.commit()


async def listed(boss: Person, actor: str) -> list[Mapping[str, object]]:
    answer = await boss.get("/audit-events", actor=actor, action="auth.tested")
    assert answer.status_code == 200, answer.text
    items: list[Mapping[str, object]] = answer.json()["items"]
    return items


async def testTheUserPageShowsWhereSessionsCameFromUntilTheKeyIsGone(
    boss: Person, sql: SqlConnection, userId: UUID
) -> None:
    (shown,) = (await boss.get(f"/users/{userId}")).json()["sessions"]
    assert (shown["ip"], shown["userAgent"], shown["deviceLabel"]) == (ADDRESS, "curl/8.5.0", "curl")

    await sql.execute("DELETE FROM user_key WHERE user_id = $1", userId)
    (closed,) = (await boss.get(f"/users/{userId}")).json()["sessions"]
    assert (closed["ip"], closed["userAgent"], closed["deviceLabel"]) == (None, None, "curl")


async def testChangingRolesShowsTheSessionsToo(boss: Person, userId: UUID) -> None:
    answer = await boss.put(f"/users/{userId}/roles", {"roles": ["tester"]})
    assert answer.json()["sessions"][0]["ip"] == ADDRESS


async def testTheAuditShowsAUsersAddressUntilTheKeyIsGoneAndStaysWhole(
    boss: Person,
    sql: SqlConnection,
    database: DatabaseUrls,
    publicServer: Database,
    crypto: CryptoFactory,
    userId: UUID,
) -> None:
    await append(publicServer, crypto, userId)
    (event,) = await listed(boss, str(userId))
    assert event["clientAddress"] == ADDRESS
    kept = str(await sql.fetchval("SELECT client_address FROM audit_event WHERE id = $1", UUID(str(event["id"]))))
    assert ADDRESS not in kept

    await sql.execute("DELETE FROM user_key WHERE user_id = $1", userId)
    (closed,) = await listed(boss, str(userId))
    assert closed["clientAddress"] is None
    assert (await verify(database.admin)).intact


async def testAStrangersAddressIsAPseudonymThatIsTheSameForTheSameAddress(
    boss: Person, publicServer: Database, crypto: CryptoFactory
) -> None:
    await append(publicServer, crypto, None)
    await append(publicServer, crypto, None)
    currentRequest.set(RequestContext(requestId="a-request-id", clientIp="192.0.2.99"))
    await append(publicServer, crypto, None)
    third, second, first = (str(event["clientAddress"]) for event in await listed(boss, "anonymous"))
    assert first == second != third
    assert first.startswith("pseudonym.")


async def testAnAdministratorsOwnAddressStaysReadable(boss: Person) -> None:
    answer = await boss.get("/audit-events", actor=boss.administratorId)
    assert {event["clientAddress"] for event in answer.json()["items"]} == {"127.0.0.1"}


async def testWhyAUserWasSuspendedIsShownUntilTheKeyIsGone(boss: Person, sql: SqlConnection, userId: UUID) -> None:
    await boss.post(f"/users/{userId}/suspend", {"reason": "Sari asked by telephone"})
    await boss.post(f"/users/{userId}/reactivate")
    reactivated, suspended = (await boss.get("/audit-events", target=str(userId))).json()["items"]
    assert suspended["after"]["suspendedReason"] == "Sari asked by telephone"
    assert reactivated["before"]["suspendedReason"] == "Sari asked by telephone"
    kept = await sql.fetch("SELECT e::text AS whole FROM audit_event e WHERE target_id = $1", str(userId))
    assert not any("Sari" in str(row["whole"]) for row in kept)

    await sql.execute("DELETE FROM user_key WHERE user_id = $1", userId)
    closed = (await boss.get("/audit-events", target=str(userId), action="user.suspended")).json()["items"]
    assert [event["after"]["suspendedReason"] for event in closed] == [None]


async def testWhoHasNoKeyYetGetsOneWithTheSuspension(boss: Person, sql: SqlConnection, userId: UUID) -> None:
    await sql.execute("DELETE FROM user_key WHERE user_id = $1", userId)
    assert (await boss.post(f"/users/{userId}/suspend", {"reason": "no key yet"})).status_code == 200
    (suspended,) = (await boss.get("/audit-events", target=str(userId), action="user.suspended")).json()["items"]
    assert suspended["after"]["suspendedReason"] == "no key yet"
