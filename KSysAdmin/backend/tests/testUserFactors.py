"""A user who has lost every factor is let in by an administrator: what goes, what stays, and who hears of it."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from KSysAdmin.backend.tests.conftest import MakePerson, Person, SqlConnection
from KSysAdmin.backend.tests.testUsers import addSession, addUser
from KSysAdmin.backend.tests.testWithoutRedis import stranded as stranded
from shared.backend.redis.client import RedisClient
from shared.backend.utils.uuid import generateId

REASON = {"reason": "Ayu lost her phone and showed her passport"}


async def addFactors(sql: SqlConnection, userId: UUID) -> None:
    """An authenticator app, a passkey, ten codes of which one is used, and half a sign-in."""
    await sql.execute("INSERT INTO user_totp VALUES ($1, 'sealed', 0, 0, NULL, now(), now())", userId)
    await sql.execute(
        "INSERT INTO user_passkey (id, user_id, credential_id, public_key, sign_count, aaguid, transports,"
        " is_backup_eligible, is_backed_up, name, created_at)"
        " VALUES ($1, $2, $3, 'key', 0, $1, '{}', false, false, 'phone', now())",
        generateId(),
        userId,
        userId.bytes,
    )
    await sql.execute(
        "INSERT INTO user_recovery_code (id, user_id, code_hash, created_at, used_at)"
        " SELECT gen_random_uuid(), $1, n::text, now(), CASE n WHEN 1 THEN now() END FROM generate_series(1, 10) AS n",
        userId,
    )
    await addHalfSignIn(sql, userId)


async def addHalfSignIn(sql: SqlConnection, userId: UUID) -> None:
    await sql.execute(
        "INSERT INTO sign_in_challenge (id, kind, user_id, client, auth_methods, failed_tries, created_at, expires_at)"
        " VALUES ($1, 'secondFactor', $2, 'browser', '{password}', 0, now(), now() + interval '5 minutes')",
        generateId(),
        userId,
    )


async def openHalfSignIns(sql: SqlConnection, userId: UUID) -> object:
    return await sql.fetchval("SELECT count(*) FROM sign_in_challenge WHERE user_id = $1 AND used_at IS NULL", userId)


async def testEveryFactorAndEverySessionIsGoneAtOnce(boss: Person, redis: RedisClient) -> None:
    userId, other = await addUser(boss.sql, "lost@example.com"), await addUser(boss.sql, "has-hers@example.com")
    for each in (userId, other):
        await addFactors(boss.sql, each)
    copies = [await addSession(boss.sql, redis, userId) for _ in range(2)]
    othersCopy = await addSession(boss.sql, redis, other)

    answer = await boss.post(f"/users/{userId}/factors/reset", REASON)

    assert answer.status_code == 200, answer.text
    assert answer.json()["mfa"] == {"totp": False, "passkeys": 0, "recoveryCodesLeft": 0}
    assert (answer.json()["status"], answer.json()["sessions"]) == ("active", [])
    assert [await redis.get(copy) for copy in copies] == [None, None]
    assert await redis.get(othersCopy) is not None
    rows = await boss.sql.fetch("SELECT ended_at, end_reason FROM user_session WHERE user_id = $1", userId)
    assert all(row["ended_at"] is not None and row["end_reason"] == "factorChanged" for row in rows)
    assert await openHalfSignIns(boss.sql, userId) == 0
    assert await openHalfSignIns(boss.sql, other) == 1
    shown = (await boss.get(f"/users/{other}")).json()["mfa"]
    assert shown == {"totp": True, "passkeys": 1, "recoveryCodesLeft": 9}
    payload = await boss.sql.fetchval(
        "SELECT payload FROM outbox_message WHERE topic = 'auth.endSessionCopies' ORDER BY id DESC LIMIT 1"
    )
    assert len(json.loads(str(payload))["sessionIds"]) == 2


async def testTheUserTheFeedAndTheAuditHearOfIt(boss: Person) -> None:
    userId = await addUser(boss.sql, "told@example.com")
    await addFactors(boss.sql, userId)
    await boss.post(f"/users/{userId}/factors/reset", REASON)

    order = await boss.sql.fetchval(
        "SELECT payload FROM outbox_message WHERE topic = 'auth.notice' ORDER BY id DESC LIMIT 1"
    )
    assert json.loads(str(order))["kind"] == "factorsReset"
    assert "told@example.com" not in str(order)
    rows = await boss.sql.fetch("SELECT payload FROM user_event WHERE type = 'user.factorRemoved'")
    assert [json.loads(str(row["payload"]))["method"] for row in rows][-2:] == ["totp", "passkey"]

    (event,) = (await boss.get("/audit-events", target=str(userId))).json()["items"]
    assert (event["action"], event["actorId"]) == ("user.factorsReset", boss.administratorId)
    assert event["before"] == {"totp": True, "passkeys": 1, "recoveryCodesLeft": 9}
    none = {"totp": False, "passkeys": 0, "recoveryCodesLeft": 0}
    assert event["after"] == {**none, "resetReason": REASON["reason"], "endedSessions": 0}
    kept = await boss.sql.fetch("SELECT e::text AS whole FROM audit_event e WHERE target_id = $1", str(userId))
    assert not any("passport" in str(row["whole"]) for row in kept), "the reason is sealed with the user's key"
    await boss.sql.execute("DELETE FROM user_key WHERE user_id = $1", userId)
    (event,) = (await boss.get("/audit-events", target=str(userId))).json()["items"]
    assert event["after"]["resetReason"] is None


async def testWhereThereIsNothingToResetNothingHappens(boss: Person, redis: RedisClient) -> None:
    userId = await addUser(boss.sql, "has-none@example.com")
    copy = await addSession(boss.sql, redis, userId)
    refused = await boss.post(f"/users/{userId}/factors/reset", REASON)
    assert (refused.status_code, refused.json()["code"]) == (409, "user.noSecondFactor")
    assert await redis.get(copy) is not None
    nobody = await boss.post(f"/users/{generateId()}/factors/reset", REASON)
    assert (nobody.status_code, nobody.json()["code"]) == (404, "user.notFound")
    for body in ({}, {"reason": ""}, {"reason": "x" * 501}):
        assert (await boss.post(f"/users/{userId}/factors/reset", body)).status_code == 422


async def testTheRightToMailAResetIsNotTheRightToTakeFactors(boss: Person, makePerson: MakePerson) -> None:
    userId = await addUser(boss.sql, "guarded@example.com")
    await addFactors(boss.sql, userId)
    support = await makePerson()
    name = f"support {generateId()}"
    permissions = ["user.read", "user.resetPassword", "user.revokeSessions", "user.suspend", "user.writeRoles"]
    await boss.post("/roles", {"name": name, "permissions": permissions})
    await boss.sql.execute(
        "UPDATE administrator_role SET role_id = (SELECT id FROM role WHERE name = $2) WHERE administrator_id = $1",
        UUID(support.administratorId),
        name,
    )
    refused = await support.post(f"/users/{userId}/factors/reset", REASON)
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.permissionDenied")
    assert (await boss.get(f"/users/{userId}")).json()["mfa"]["totp"] is True


@pytest.mark.usefixtures("adminApp")
async def testWithoutRedisItIsDoneAndTheRestIsPromised(
    stranded: Person, redis: RedisClient, sql: SqlConnection
) -> None:
    userId = await addUser(sql, "lost-without-redis@example.com")
    await addFactors(sql, userId)
    await addSession(sql, redis, userId)
    answer = await stranded.post(f"/users/{userId}/factors/reset", REASON)
    assert (answer.status_code, answer.json()["code"]) == (503, "auth.revocationPending")
    assert await sql.fetchval("SELECT count(*) FROM user_totp WHERE user_id = $1", userId) == 0
    assert await sql.fetchval("SELECT count(*) FROM user_session WHERE user_id = $1 AND ended_at IS NULL", userId) == 0
    payload = await sql.fetchval(
        "SELECT payload FROM outbox_message WHERE topic = 'auth.endSessionCopies' ORDER BY id DESC LIMIT 1"
    )
    assert len(json.loads(str(payload))["sessionIds"]) == 1
