"""The feed of what changed of users: written by the database itself, in the order of commits, none missed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from httpx import AsyncClient

from KAuthApp.backend.application.output.userFeedOutput import UserEventOutput
from KAuthApp.backend.tests.factors import answerWith, challengeOf, guarded
from KAuthApp.backend.tests.harness import NEW_PASSWORD, AuthServer, Person, anEmail
from shared.backend.utils.uuid import generateId


async def follow(
    server: AuthServer, after: str | None = None, limit: int = 50
) -> tuple[list[UserEventOutput], str | None]:
    """Everything after that place, and where it ends."""
    seen: list[UserEventOutput] = []
    while (page := await server.service.readUserEvents.execute(after, limit)).items:
        seen += page.items
        after = page.nextCursor
    return seen, after


async def idOf(server: AuthServer, person: Person) -> str:
    [row] = await server.rows("SELECT id FROM user_account WHERE email = :email", email=person.email)
    return str(row["id"])


def typesOf(events: Sequence[UserEventOutput], userId: str) -> list[str]:
    return [event.type for event in events if str(event.userId) == userId]


async def givePasskey(server: AuthServer, userId: str, key: str) -> None:
    await server.rows(
        "INSERT INTO user_passkey (id, user_id, credential_id, public_key, sign_count, aaguid, transports,"
        " is_backup_eligible, is_backed_up, name, created_at) VALUES (CAST(:key AS uuid), CAST(:id AS uuid),"
        " uuid_send(CAST(:key AS uuid)), 'p', 0, CAST(:key AS uuid), '{}', false, false, 'Sari''s phone', now())",
        id=userId,
        key=key,
    )


async def testTheLifeOfAnAccountIsTold(server: AuthServer, client: AsyncClient) -> None:
    _, start = await follow(server)
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    userId = await idOf(server, person)
    await client.patch("/api/auth/me", json={"fullName": "Sari W."}, headers=csrf)
    key = await client.post("/api/auth/api-keys", json={"name": "Shop", "scopes": ["payment.read"]}, headers=csrf)
    await client.delete(f"/api/auth/api-keys/{key.json()['id']}", headers=csrf)
    change = {"currentPassword": person.password, "newPassword": NEW_PASSWORD}
    assert (await client.post("/api/auth/password/change", json=change, headers=csrf)).status_code in {200, 204}
    for statement in ("roles = '{merchant}'", "status = 'suspended'", "status = 'active'"):
        await server.rows(f"UPDATE user_account SET {statement} WHERE email = :email", email=person.email)  # noqa: S608
    await server.rows("DELETE FROM user_session WHERE user_id = CAST(:id AS uuid)", id=userId)
    await server.rows("DELETE FROM user_account WHERE email = :email", email=person.email)
    events, _ = await follow(server, start)
    assert typesOf(events, userId) == [
        "user.registered",
        "user.activated",
        "user.profileChanged",
        "user.apiKeyCreated",
        "user.apiKeyRevoked",
        "user.passwordChanged",
        "user.rolesChanged",
        "user.suspended",
        "user.reactivated",
        "user.erased",
    ]
    suspended = next(event for event in events if event.type == "user.suspended")
    standing = {"status": "suspended", "previousStatus": "active", "roles": ["merchant"], "emailVerified": True}
    assert suspended.data == standing


async def testASignInIsNoChange(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    _, start = await follow(server)
    await server.signIn(client, person)
    assert (await client.get("/api/auth/me")).status_code == 200
    events, _ = await follow(server, start)
    assert typesOf(events, await idOf(server, person)) == []


async def testAFactorIsToldWhenItCountsAndWhenItGoes(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    userId = await idOf(server, person)
    _, start = await follow(server)
    await server.rows(
        "INSERT INTO user_totp (user_id, secret_sealed, last_step, failures_in_a_row, created_at)"
        " VALUES (CAST(:id AS uuid), 'x', 0, 0, now())",
        id=userId,
    )
    await givePasskey(server, userId, str(generateId()))
    await server.rows("UPDATE user_totp SET confirmed_at = now() WHERE user_id = CAST(:id AS uuid)", id=userId)
    await server.rows("DELETE FROM user_totp WHERE user_id = CAST(:id AS uuid)", id=userId)
    await server.rows("DELETE FROM user_account WHERE id = CAST(:id AS uuid)", id=userId)
    events, _ = await follow(server, start)
    mine = [(event.type, event.data.get("method")) for event in events if str(event.userId) == userId]
    assert mine == [
        ("user.factorAdded", "passkey"),
        ("user.factorAdded", "totp"),
        ("user.factorRemoved", "totp"),
        ("user.erased", None),
    ]


async def testRecoveryCodesAndTheNamesOfPasskeysAreTold(server: AuthServer, client: AsyncClient) -> None:
    owner = await guarded(server, client)
    userId = await idOf(server, owner.person)
    _, start = await follow(server)
    renewed = await client.post("/api/auth/mfa/recovery-codes", headers=dict(owner.headers))
    assert renewed.status_code == 200, renewed.text
    async with server.browser() as another:
        challenge = await challengeOf(another, owner.person)
        entered = await answerWith(another, challenge, renewed.json()["recoveryCodes"][0], "recoveryCode")
        assert entered.status_code == 200, entered.text
    key = str(generateId())
    await givePasskey(server, userId, key)
    await server.rows("UPDATE user_passkey SET name = 'Old phone' WHERE id = CAST(:key AS uuid)", key=key)
    await server.rows("UPDATE user_passkey SET sign_count = 7 WHERE id = CAST(:key AS uuid)", key=key)
    events, _ = await follow(server, start)
    assert [(event.type, event.data) for event in events if str(event.userId) == userId] == [
        ("user.recoveryCodesMade", {"codes": 10}),
        ("user.recoveryCodeUsed", {"method": "recoveryCode"}),
        ("user.factorAdded", {"method": "passkey", "passkeyId": key}),
        ("user.passkeyRenamed", {"method": "passkey", "passkeyId": key}),
    ]


async def testNoEventHoldsPersonalData(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await client.patch("/api/auth/me", json={"fullName": "Raden Ajeng Kartini"}, headers=csrf)
    await client.post("/api/auth/api-keys", json={"name": "Kartini's till", "scopes": ["payment.read"]}, headers=csrf)
    moved = anEmail()
    await server.rows(
        "UPDATE user_account SET email = :moved, email_as_given = :moved WHERE email = :email",
        moved=moved,
        email=person.email,
    )
    rows = await server.rows("SELECT * FROM user_event")
    messages = await server.rows("SELECT * FROM outbox_message WHERE topic = 'user.event'")
    text = json.dumps([*map(str, rows), *map(str, messages)])
    assert "user.emailChanged" in text
    for personal in (person.email, moved, "Kartini", "Sari Wulandari", "argon2", "kak_", "192.0.2.1"):
        assert personal not in text
    allowed = {
        "codes",
        "status",
        "previousStatus",
        "roles",
        "emailVerified",
        "method",
        "passkeyId",
        "apiKeyId",
        "scopes",
    }
    assert {name for row in rows for name in dict(row["payload"])} <= allowed  # type: ignore[call-overload]


async def testAReaderBesideManyWritersSeesEveryEventOnceAndEachUsersInOrder(
    server: AuthServer, client: AsyncClient
) -> None:
    """Transactions that commit in another order than they wrote: positions are given only when they have."""
    _, cursor = await follow(server)
    people = [await server.register(client) for _ in range(8)]
    ids = [await idOf(server, person) for person in people]
    _, cursor = await follow(server, cursor)

    async def change(userId: str, number: int) -> None:
        """Two changes in one transaction that stays open for a while of its own."""
        async with server.truth.openSession() as session:
            connection = await session.connection()
            for role in ("a", "b"):
                await connection.exec_driver_sql(
                    f"UPDATE user_account SET roles = '{{{role}{number}}}' WHERE id = '{userId}'"  # noqa: S608
                )
                await asyncio.sleep(0.001 * (number % 7))
            await session.commit()

    async def write() -> None:
        turns = [(userId, number) for number in range(10) for userId in ids]
        for index in range(0, len(turns), 2):
            await asyncio.gather(*[change(*turn) for turn in turns[index : index + 2]])

    writing = asyncio.create_task(write())
    late: list[UserEventOutput] = []
    while not writing.done():
        page = await server.service.readUserEvents.execute(cursor, 5)
        late += page.items
        cursor = page.nextCursor
    await writing
    rest, _ = await follow(server, cursor)
    late += rest
    assert len(late) == len({event.id for event in late}) == 2 * 10 * len(ids)
    for userId in ids:
        roles = [event.data["roles"] for event in late if str(event.userId) == userId]
        assert roles == [[f"{role}{number}"] for number in range(10) for role in ("a", "b")]


async def testWhatWasRolledBackIsNotTold(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    _, start = await follow(server)
    async with server.truth.openSession() as session:
        await (await session.connection()).exec_driver_sql(
            f"UPDATE user_account SET roles = '{{never}}' WHERE email = '{person.email}'"  # noqa: S608
        )
    assert (await follow(server, start))[0] == []


async def testTheJobPlacesWhatWasCommitted(server: AuthServer, client: AsyncClient) -> None:
    await server.register(client)
    await server.runJobs()
    assert await server.rows("SELECT id FROM user_event WHERE feed_position IS NULL") == []
    waiting = "SELECT id FROM outbox_message WHERE topic = 'user.event' AND delivered_at IS NULL"
    assert await server.rows(waiting) == []
