from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from KSysAdmin.backend.tests.conftest import MakePerson, Person, SqlConnection
from shared.backend.redis.client import RedisClient, RedisScript
from shared.backend.redis.credentialCopies import CredentialCopies, CredentialCopy
from shared.backend.utils.uuid import generateId

TIME_LEFT = RedisScript("return redis.call('TTL', KEYS[1])")
NOW = datetime.now(UTC)  # noqa: TID251 - rows must be live for the real clock


async def addUser(sql: SqlConnection, email: str, *, isVerified: bool = True, fullName: str = "Ayu Lestari") -> UUID:
    userId = generateId()
    await sql.execute(
        "INSERT INTO user_account (id, email, email_as_given, full_name, locale, password_hash, password_changed_at,"
        " status, email_verified_at, roles, created_at, updated_at)"
        " VALUES ($1, $2, $2, $3, 'id', 'x', now(), $4, $5, '{merchant}', now(), now())",
        userId,
        email,
        fullName,
        "active" if isVerified else "pendingVerification",
        NOW if isVerified else None,
    )
    return userId


async def addSession(sql: SqlConnection, redis: RedisClient, userId: UUID) -> str:
    """A live session with its copy; the key of the copy."""
    sessionId, secretHash = generateId(), generateId().hex * 2
    until = NOW + timedelta(hours=8)
    await sql.execute(
        "INSERT INTO user_session (id, user_id, client, secret_hash, auth_methods, created_at, authenticated_at,"
        " last_seen_at, idle_expires_at, expires_at, device_label)"
        " VALUES ($1, $2, 'browser', $3, '{password}', now(), now(), now(), $4, $4, 'Firefox')",
        sessionId,
        userId,
        secretHash,
        until,
    )
    copy = CredentialCopy(
        hash=secretHash,
        userId=userId,
        sessionId=sessionId,
        tier="user",
        expiresAt=int(until.timestamp()),
        audience="public",
    )
    assert await CredentialCopies(redis, "kauth").write(copy)
    return f"kauth:session:{secretHash}"


async def testSuspendingEndsEverySessionAtOnce(boss: Person, redis: RedisClient) -> None:
    userId = await addUser(boss.sql, "suspend@example.com")
    copies = [await addSession(boss.sql, redis, userId) for _ in range(3)]
    other = await addSession(boss.sql, redis, await addUser(boss.sql, "untouched@example.com"))

    answer = await boss.post(f"/users/{userId}/suspend", {"reason": "chargeback fraud"})

    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "suspended"
    assert answer.json()["sessions"] == []
    assert [await redis.get(copy) for copy in copies] == [None] * 3
    assert await redis.get(other) is not None
    rows = await boss.sql.fetch("SELECT ended_at, end_reason FROM user_session WHERE user_id = $1", userId)
    assert all(row["ended_at"] is not None and row["end_reason"] == "suspended" for row in rows)
    messages = await boss.sql.fetch("SELECT payload FROM outbox_message WHERE topic = 'auth.endSessionCopies'")
    assert len(json.loads(str(messages[-1]["payload"]))["sessionIds"]) == 3

    again = await boss.post(f"/users/{userId}/suspend", {"reason": "once more"})
    assert again.json()["code"] == "user.alreadySuspended"


async def testAnEndedSessionsCopyCannotComeBack(boss: Person, redis: RedisClient) -> None:
    userId = await addUser(boss.sql, "late-writer@example.com")
    key = await addSession(boss.sql, redis, userId)
    row = await boss.sql.fetchrow("SELECT id, secret_hash FROM user_session WHERE user_id = $1", userId)
    await boss.post(f"/users/{userId}/sessions/revoke")
    late = CredentialCopy(
        hash=str(row["secret_hash"]),
        userId=userId,
        sessionId=UUID(str(row["id"])),
        tier="user",
        expiresAt=int((NOW + timedelta(hours=8)).timestamp()),
        audience="public",
    )
    assert not await CredentialCopies(redis, "kauth").write(late)
    assert await redis.get(key) is None


async def testATakenRoleIsGoneFromEveryCredentialAtOnce(boss: Person, redis: RedisClient) -> None:
    userId = await addUser(boss.sql, "roles@example.com")
    copies = [await addSession(boss.sql, redis, userId) for _ in range(3)]
    other = await addSession(boss.sql, redis, await addUser(boss.sql, "other-roles@example.com"))
    keyId = generateId()
    await boss.sql.execute(
        "INSERT INTO api_key (id, user_id, name, prefix, secret_hash, scopes, created_at)"
        " VALUES ($1, $2, 'shop', 'kak_12345678', $3, '{payment.read}', now())",
        keyId,
        userId,
        keyId.hex * 2,
    )
    until = int((NOW + timedelta(hours=1)).timestamp())
    keyCopy = CredentialCopy(
        hash=keyId.hex * 2, userId=userId, sessionId=keyId, tier="standard", expiresAt=until, audience="public"
    )
    assert await CredentialCopies(redis, "kauth").write(keyCopy)

    answer = await boss.put(f"/users/{userId}/roles", {"roles": ["auditor"]})

    assert (answer.status_code, answer.json()["roles"]) == (200, ["auditor"])
    assert len(answer.json()["sessions"]) == 3, "nobody is signed out"
    assert [await redis.get(key) for key in (*copies, f"kauth:session:{keyCopy.hash}")] == [None] * 4
    assert await redis.get(other) is not None
    assert not await CredentialCopies(redis, "kauth").write(keyCopy), "whoever read it before is too late"
    assert 0 < int(str(await redis.run(TIME_LEFT, [f"kauth:ended:{keyId}"], []))) <= 61, (
        "then it is copied as it is now"
    )


async def testATakenRoleIsGoneFromWhatEndedUnheardToo(boss: Person, redis: RedisClient) -> None:
    userId = await addUser(boss.sql, "roles-of-ended@example.com")
    copies = [await addSession(boss.sql, redis, userId) for _ in range(2)]
    await boss.sql.execute("UPDATE user_session SET ended_at = now() WHERE user_id = $1", userId)
    assert (await boss.put(f"/users/{userId}/roles", {"roles": []})).status_code == 200
    assert [await redis.get(key) for key in copies] == [None] * 2


async def testASessionThatAnotherChangeIsEndingDiesToo(boss: Person, redis: RedisClient, sql: SqlConnection) -> None:
    """The other one has not committed when all are ended, and dies before it can tell Redis."""
    userId = await addUser(boss.sql, "ending-elsewhere@example.com")
    copy = await addSession(boss.sql, redis, userId)
    await sql.execute("BEGIN")
    await sql.execute("UPDATE user_session SET ended_at = now() WHERE user_id = $1", userId)
    ending = asyncio.create_task(boss.post(f"/users/{userId}/sessions/revoke"))
    await asyncio.sleep(0.3)
    assert not ending.done()
    await sql.execute("COMMIT")
    assert (await ending).status_code == 204
    assert await redis.get(copy) is None


async def testReactivatingGoesBackToWhereTheAccountStood(boss: Person) -> None:
    verified = await addUser(boss.sql, "verified@example.com")
    unverified = await addUser(boss.sql, "unverified@example.com", isVerified=False)
    for userId, status in ((verified, "active"), (unverified, "pendingVerification")):
        await boss.post(f"/users/{userId}/suspend", {"reason": "a test"})
        answer = await boss.post(f"/users/{userId}/reactivate")
        assert answer.json()["status"] == status
        assert answer.json()["suspendedReason"] is None
    refused = await boss.post(f"/users/{verified}/reactivate")
    assert refused.json()["code"] == "user.notSuspended"


async def testTheListIsFilteredAndPagedWithoutGapsOrRepeats(boss: Person) -> None:
    wanted = {str(await addUser(boss.sql, f"page-{number}@paged.example", fullName="Budi")) for number in range(7)}
    seen: list[str] = []
    cursor = ""
    while True:
        query = {"query": "PAGED.example", "status": "active", "role": "merchant", "limit": "3"}
        page = (await boss.get("/users", **query, **({"cursor": cursor} if cursor else {}))).json()
        seen += [item["id"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = page["nextCursor"]
    assert len(seen) == 7
    assert set(seen) == wanted
    assert (await boss.get("/users", query="100%")).json()["items"] == [], "a percent sign is only a letter"
    assert (await boss.get("/users", cursor="rubbish")).json()["code"] == "paging.invalidCursor"


async def testTheDetailShowsLiveSessions(boss: Person, redis: RedisClient) -> None:
    userId = await addUser(boss.sql, "detail@example.com")
    await addSession(boss.sql, redis, userId)
    detail = (await boss.get(f"/users/{userId}")).json()
    assert detail["emailVerified"] is True
    assert [session["deviceLabel"] for session in detail["sessions"]] == ["Firefox"]
    assert detail["mfa"] == {"totp": False, "passkeys": 0, "recoveryCodesLeft": 0}
    missing = await boss.get(f"/users/{generateId()}")
    assert missing.status_code == 404
    assert missing.json()["code"] == "user.notFound"


async def testTheDetailShowsWhichFactorsThereAre(boss: Person) -> None:
    userId = await addUser(boss.sql, "factors@example.com")
    await boss.sql.execute("INSERT INTO user_totp VALUES ($1, 'sealed', 0, 0, NULL, now(), NULL)", userId)
    await boss.sql.execute(
        "INSERT INTO user_recovery_code (id, user_id, code_hash, created_at, used_at)"
        " SELECT gen_random_uuid(), $1, n::text, now(), CASE n WHEN 1 THEN now() END FROM generate_series(1, 10) AS n",
        userId,
    )
    unconfirmed = (await boss.get(f"/users/{userId}")).json()["mfa"]
    assert unconfirmed == {"totp": False, "passkeys": 0, "recoveryCodesLeft": 9}
    await boss.sql.execute("UPDATE user_totp SET confirmed_at = now() WHERE user_id = $1", userId)
    assert (await boss.get(f"/users/{userId}")).json()["mfa"]["totp"] is True


async def testAResetIsOrderedAndNoPasswordShown(boss: Person) -> None:
    userId = await addUser(boss.sql, "Reset.Me@example.com")
    answer = await boss.post(f"/users/{userId}/password-reset")
    assert answer.status_code == 202
    payload = await boss.sql.fetchval(
        "SELECT payload FROM outbox_message WHERE topic = 'auth.mail' ORDER BY id DESC LIMIT 1"
    )
    message = json.loads(str(payload))
    assert message["kind"] == "passwordReset"
    assert "example.com" not in str(payload), "the address is sealed"


async def testEveryChangeIsOneAuditEvent(boss: Person) -> None:
    userId = await addUser(boss.sql, "audited@example.com")
    await boss.post(f"/users/{userId}/suspend", {"reason": "to be audited"})
    await boss.put(f"/users/{userId}/roles", {"roles": ["merchant", "auditor"]})
    events = (await boss.get("/audit-events", target=str(userId))).json()["items"]
    assert [event["action"] for event in events] == ["user.rolesChanged", "user.suspended"]
    suspended = events[1]
    assert suspended["actorId"] == boss.administratorId
    assert suspended["before"] == {"status": "active", "suspendedReason": None}
    assert suspended["after"] == {"status": "suspended", "suspendedReason": "to be audited", "endedSessions": 0}
    assert suspended["requestId"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/users/{user}/suspend", {"reason": "not allowed"}),
        ("PUT", "/settings/auth.passwordMinLength", {"value": 16}),
        ("GET", "/audit-events", None),
        ("POST", "/roles", {"name": "more", "permissions": []}),
    ],
)
async def testARoleAllowsWhatItHoldsAndNothingElse(
    boss: Person, makePerson: MakePerson, method: str, path: str, body: object
) -> None:
    support = await makePerson()
    role = await boss.post("/roles", {"name": f"support {generateId()}", "permissions": ["user.read"]})
    assert role.status_code == 201, role.text
    await boss.sql.execute(
        "UPDATE administrator_role SET role_id = $1 WHERE administrator_id = $2",
        UUID(role.json()["id"]),
        UUID(support.administratorId),
    )
    assert (await support.get("/users")).status_code == 200
    userId = await addUser(boss.sql, f"{generateId()}@example.com")
    answer = await support.client.request(method, f"/api/admin{path.format(user=userId)}", json=body)
    assert answer.status_code == 403, answer.text
    assert answer.json()["code"] == "auth.permissionDenied"


async def testARoleCannotHoldWhatItsMakerDoesNot(boss: Person, makePerson: MakePerson) -> None:
    helper = await makePerson()
    role = await boss.post("/roles", {"name": "role writer", "permissions": ["role.write", "role.read"]})
    await boss.sql.execute(
        "UPDATE administrator_role SET role_id = $1 WHERE administrator_id = $2",
        UUID(role.json()["id"]),
        UUID(helper.administratorId),
    )
    refused = await helper.post("/roles", {"name": "too much", "permissions": ["role.read", "user.suspend"]})
    assert refused.json()["code"] == "role.permissionNotHeld"
    grown = {"name": "role writer", "permissions": ["role.write", "role.read", "user.suspend"]}
    assert (await helper.put(f"/roles/{role.json()['id']}", grown)).json()["code"] == "role.permissionNotHeld"
    used = await boss.delete(f"/roles/{role.json()['id']}")
    assert used.json()["code"] == "role.inUse"


async def testTheOwnersRoleStays(boss: Person) -> None:
    roles = (await boss.get("/roles")).json()["items"]
    owner = next(role for role in roles if role["name"] == "owner")
    changed = await boss.put(f"/roles/{owner['id']}", {"name": "owner", "permissions": []})
    assert changed.json()["code"] == "role.builtIn"
    assert (await boss.delete(f"/roles/{owner['id']}")).json()["code"] == "role.builtIn"
    twice = await boss.post("/roles", {"name": "owner", "permissions": []})
    assert twice.json()["code"] == "role.exists"
    made = await boss.post("/roles", {"name": "almost owner", "permissions": []})
    renamed = await boss.put(f"/roles/{made.json()['id']}", {"name": "owner", "permissions": ["user.read"]})
    assert renamed.json()["code"] == "role.exists"


async def testTheOverviewCounts(boss: Person) -> None:
    overview = (await boss.get("/stats/overview")).json()
    assert overview["users"]["byStatus"]["active"] >= 1
    assert overview["payments"]["byStatus"] == {}
    assert overview["outbox"]["waiting"] >= 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/users?query=a%00b", None),
        ("GET", "/payments?reference=%00", None),
        ("GET", "/audit-events?actor=%00", None),
        ("POST", "/auth/login", {"email": "a\u0000@example.com", "password": "x"}),
        ("POST", "/roles", {"name": "odd", "description": "a\u0000b", "permissions": []}),
        ("GET", "/audit-events?from=9999-12-31T23:59:59-23:59", None),
        ("GET", "/payments?createdTo=0001-01-01T00:00:00%2B23:59", None),
        ("GET", "/users?limit=0", None),
        ("GET", "/users/not-an-id", None),
    ],
)
async def testOddRequestsAreRefusedNotFailed(boss: Person, method: str, path: str, body: object) -> None:
    answer = await boss.client.request(method, f"/api/admin{path}", json=body)
    assert answer.status_code in {401, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
