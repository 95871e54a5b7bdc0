from __future__ import annotations

import hashlib
import json
import time
from uuid import UUID

from KSysAdmin.backend.tests.conftest import MakePerson, Person
from KSysAdmin.backend.tests.testUsers import addUser
from shared.backend.redis.client import RedisClient
from shared.backend.redis.credentialCopies import CredentialCopies, CredentialCopy
from shared.backend.utils.uuid import generateId


async def addKey(boss: Person, redis: RedisClient, userId: UUID, name: str = "Web shop") -> tuple[UUID, str]:
    """A key of this user with its copy, as KAuthApp leaves them; its id and the key of the copy."""
    keyId, credentialHash = generateId(), hashlib.sha256(generateId().bytes).hexdigest()
    await boss.sql.execute(
        "INSERT INTO api_key (id, user_id, name, prefix, secret_hash, scopes, created_at)"
        " VALUES ($1, $2, $3, 'kak_3kTMd2Jw', $4, ARRAY['payment.read'], now())",
        keyId,
        userId,
        name,
        credentialHash,
    )
    copy = CredentialCopy(
        hash=credentialHash,
        userId=userId,
        sessionId=keyId,
        tier="standard",
        expiresAt=int(time.time()) + 900,
        audience="public",
        kind="apiKey",
        scopes=("payment.read",),
    )
    assert await CredentialCopies(redis, "kauth").write(copy)
    return keyId, f"kauth:session:{credentialHash}"


async def testTheKeysOfAUserAreShownWithoutWhatTheyAreKnownBy(boss: Person, redis: RedisClient) -> None:
    userId = await addUser(boss.sql, "keys@example.com")
    ids = [str((await addKey(boss, redis, userId, f"Program {number}"))[0]) for number in range(3)]
    first = (await boss.get(f"/users/{userId}/api-keys", limit="2")).json()
    second = (await boss.get(f"/users/{userId}/api-keys", limit="2", cursor=first["nextCursor"])).json()
    shown = [*first["items"], *second["items"]]
    assert ([each["id"] for each in shown], second["nextCursor"]) == (ids[::-1], None)
    assert (shown[0]["name"], shown[0]["prefix"], shown[0]["revokedAt"]) == ("Program 2", "kak_3kTMd2Jw", None)
    assert "hash" not in json.dumps(shown).lower()


async def testARevokedKeyHasNoCopyLeftAndGetsNone(boss: Person, redis: RedisClient) -> None:
    userId = await addUser(boss.sql, "revoked@example.com")
    keyId, copy = await addKey(boss, redis, userId)
    other, otherCopy = await addKey(boss, redis, userId)
    answer = await boss.post(f"/users/{userId}/api-keys/{keyId}/revoke")
    assert (answer.status_code, answer.json()["revokedAt"] is not None) == (200, True)
    assert await redis.get(copy) is None
    assert await redis.get(otherCopy) is not None
    again = CredentialCopy(
        hash=copy.rpartition(":")[2], userId=userId, sessionId=keyId, tier="standard",
        expiresAt=int(time.time()) + 900, audience="public",
    )  # fmt: skip
    assert not await CredentialCopies(redis, "kauth").write(again)
    once = answer.json()["revokedAt"]
    assert (await boss.post(f"/users/{userId}/api-keys/{keyId}/revoke")).json()["revokedAt"] == once
    events = (await boss.get("/audit-events", target=str(keyId))).json()["items"]
    assert [event["action"] for event in events] == ["user.apiKeyRevoked"]
    kept = [key["id"] for key in (await boss.get(f"/users/{userId}/api-keys")).json()["items"] if not key["revokedAt"]]
    assert kept == [str(other)]


async def testAKeyIsRevokedAsTheKeyOfItsUserOnly(boss: Person, redis: RedisClient) -> None:
    owner, stranger = [await addUser(boss.sql, f"{name}@example.com") for name in ("owner", "stranger")]
    keyId, _ = await addKey(boss, redis, owner)
    wrong = await boss.post(f"/users/{stranger}/api-keys/{keyId}/revoke")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "user.apiKeyNotFound")
    nobody = await boss.post(f"/users/{generateId()}/api-keys/{keyId}/revoke")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "user.notFound")
    assert (await boss.get(f"/users/{generateId()}/api-keys")).status_code == 404


async def testSuspendingPutsTheKeysToSleepAtOnce(boss: Person, redis: RedisClient) -> None:
    userId = await addUser(boss.sql, "asleep@example.com")
    keyId, copy = await addKey(boss, redis, userId)
    assert (await boss.post(f"/users/{userId}/suspend", {"reason": "chargeback fraud"})).status_code == 200
    assert await redis.get(copy) is None
    assert await redis.get(f"kauth:ended:{keyId}") is not None, "who saw it good a moment ago copies it no more"
    rows = await boss.sql.fetch("SELECT payload FROM outbox_message WHERE topic = 'auth.endSessionCopies'")
    assert any(str(keyId) in str(row["payload"]) for row in rows), "told again until Redis has heard it"
    [key] = (await boss.get(f"/users/{userId}/api-keys")).json()["items"]
    assert key["revokedAt"] is None


async def testRevokingAKeyNeedsThePermission(boss: Person, makePerson: MakePerson, redis: RedisClient) -> None:
    userId = await addUser(boss.sql, "guarded@example.com")
    keyId, copy = await addKey(boss, redis, userId)
    await boss.post("/roles", {"name": "reader of users", "permissions": ["user.read"]})
    reader = await makePerson()
    await boss.sql.execute(
        "UPDATE administrator_role SET role_id = (SELECT id FROM role WHERE name = 'reader of users')"
        " WHERE administrator_id = $1",
        UUID(reader.administratorId),
    )
    assert (await reader.get(f"/users/{userId}/api-keys")).status_code == 200
    refused = await reader.post(f"/users/{userId}/api-keys/{keyId}/revoke")
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.permissionDenied")
    assert await redis.get(copy) is not None
