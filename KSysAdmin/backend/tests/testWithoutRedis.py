"""PostgreSQL holds the truth: administration goes on without Redis, and says so where that matters."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import pytest
from fastapi import FastAPI

from admin_server import AdminServerSettings, createAdminApp
from KSysAdmin.backend.application.services.createAdministratorService import CreateAdministratorService
from KSysAdmin.backend.compositionRoot import composeAdmin
from KSysAdmin.backend.tests.conftest import PASSWORD, Person, SqlConnection, browserOf, createByCommand
from KSysAdmin.backend.tests.testUsers import addSession, addUser
from shared.backend.redis.client import RedisClient
from shared.backend.redis.credentialCopies import CredentialCopies, CredentialCopy
from shared.backend.server import openResources
from shared.backend.utils.uuid import generateId


@pytest.fixture
async def stranded(
    adminSettings: AdminServerSettings, createAdministrator: CreateAdministratorService, sql: SqlConnection
) -> AsyncIterator[Person]:
    """An administrator on a server whose Redis does not answer."""
    values = {**adminSettings.model_dump(), "redisUrl": "redis://127.0.0.1:1/0"}
    email = f"stranded-{generateId()}@example.com"
    app = createAdminApp(AdminServerSettings.model_validate(values))
    async with app.router.lifespan_context(app) as state:
        app.state.lifespanState = state
        await createByCommand(createAdministrator, email, PASSWORD)
        async with browserOf(app) as client:
            person = Person(client, email, sql)
            await person.enroll()
            yield person


async def testSuspensionIsSavedAndTheRestIsPromised(
    stranded: Person, redis: RedisClient, sql: SqlConnection, adminApp: FastAPI
) -> None:
    userId = await addUser(sql, "suspended-without-redis@example.com")
    await addSession(sql, redis, userId)

    answer = await stranded.post(f"/users/{userId}/suspend", {"reason": "Redis is away"})

    assert answer.status_code == 503
    assert answer.json()["code"] == "auth.revocationPending"
    assert answer.headers["retry-after"]
    row = await sql.fetchrow("SELECT status FROM user_account WHERE id = $1", userId)
    assert row["status"] == "suspended"
    payload = await sql.fetchval("SELECT payload FROM outbox_message WHERE topic = 'auth.endSessionCopies'")
    assert len(json.loads(str(payload))["sessionIds"]) == 1

    # what needs no answer from Redis goes on; the job publishes it when Redis is back
    changed = await stranded.put("/settings/auth.passwordMinLength", {"value": 19})
    assert changed.status_code == 200, changed.text
    await adminApp.state.lifespanState["adminUseCases"].republish.execute()
    values = json.loads(await redis.get("kadmin:settings:values") or "{}")["values"]
    assert values["auth.passwordMinLength"] == 19


async def testATakenRoleIsSavedAndTheRestIsPromised(stranded: Person, redis: RedisClient, sql: SqlConnection) -> None:
    userId = await addUser(sql, "roles-without-redis@example.com")
    await addSession(sql, redis, userId)
    answer = await stranded.put(f"/users/{userId}/roles", {"roles": []})
    assert (answer.status_code, answer.json()["code"]) == (503, "auth.revocationPending")
    assert (await sql.fetchrow("SELECT roles FROM user_account WHERE id = $1", userId))["roles"] == []
    payload = await sql.fetchval(
        "SELECT payload FROM outbox_message WHERE topic = 'auth.endSessionCopies' ORDER BY id DESC LIMIT 1"
    )
    assert len(json.loads(str(payload))["changed"]) == 1


async def testASignOutIsFinishedByTheOutbox(
    stranded: Person, redis: RedisClient, sql: SqlConnection, adminSettings: AdminServerSettings
) -> None:
    row = await sql.fetchrow(
        "SELECT id, secret_hash, expires_at FROM administrator_session WHERE administrator_id = $1",
        UUID(stranded.administratorId),
    )
    copies = CredentialCopies(redis, "kadmin")
    written = await copies.write(
        CredentialCopy(
            hash=str(row["secret_hash"]),
            userId=UUID(stranded.administratorId),
            sessionId=UUID(str(row["id"])),
            tier="administrator",
            expiresAt=int(datetime.fromisoformat(str(row["expires_at"])).timestamp()),
            audience="admin",
        )
    )
    assert written

    answer = await stranded.post("/auth/logout")
    assert answer.json()["code"] == "auth.revocationPending"
    assert (await stranded.get("/auth/me")).status_code == 401, "over at once all the same"

    async with openResources(adminSettings, adminSettings.databaseAdminUrl, "test") as resources:
        relay = next(job for job in composeAdmin(resources, adminSettings).jobs if job.name == "admin.endSessionCopies")
        assert await relay.run() >= 1
    assert await copies.read(str(row["secret_hash"])) is None
