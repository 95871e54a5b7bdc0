"""A call that was let in and had to wait, and whose right ended meanwhile: it does nothing any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from conftest import DatabaseUrls
from KAuthApp.backend.tests.conftest import ONE_ADDRESS_IS_NO_ATTACK
from KAuthApp.backend.tests.harness import (
    AuthServer,
    AuthTestSettings,
    Person,
    anEmail,
    codeIn,
    csrfHeaders,
    login,
    runServer,
)

_END_SESSIONS: Final = "UPDATE user_session SET ended_at = now(), end_reason = 'passwordReset' WHERE user_id = :id"
_CHANGE_PASSWORD: Final = "UPDATE user_account SET password_changed_at = now() WHERE id = :id"
_WAITING: Final = "SELECT count(*) AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ :table"


@asynccontextmanager
async def holding(server: AuthServer, person: Person) -> AsyncIterator[tuple[AsyncConnection, dict[str, object]]]:
    """The account, locked as a reset locks it while it hashes; committed at the end of the block."""
    async with server.truth.openSession() as session:
        connection = await session.connection()
        found = await connection.execute(
            text("SELECT id FROM user_account WHERE email = :email FOR NO KEY UPDATE"), {"email": person.email}
        )
        yield connection, {"id": found.scalar_one()}
        await session.commit()


async def untilItWaits(server: AuthServer) -> None:
    """Until a statement of somebody else waits for the account."""
    for _ in range(200):
        [row] = await server.rows(_WAITING, table="user_account")
        if row["waiting"]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the call never came to wait")


async def callWhileSessionsEnd(
    server: AuthServer, client: AsyncClient, person: Person, method: str, path: str, body: Mapping[str, object] | None
) -> Response:
    headers = await csrfHeaders(client)
    async with holding(server, person) as (connection, user):
        call = asyncio.create_task(client.request(method, f"/api/auth{path}", json=body, headers=headers))
        await untilItWaits(server)
        await connection.execute(text(_END_SESSIONS), user)
    return await call


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api-keys", {"name": "Back door", "scopes": ["payment.write"]}),
        ("DELETE", "/account", None),
        ("POST", "/email/change", {"newEmail": "thief@example.com"}),
        ("DELETE", "/email/change", None),
        ("POST", "/mfa/totp/enroll", None),
        ("PATCH", "/me", {"fullName": "Mallory"}),
        ("DELETE", "/sessions", None),
    ],
)
async def testACallWhoseSessionEndsWhileItWaitsIsRefused(
    server: AuthServer, client: AsyncClient, method: str, path: str, body: Mapping[str, object] | None
) -> None:
    person = await server.register(client)
    await server.signIn(client, person)
    answer = await callWhileSessionsEnd(server, client, person, method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.unauthenticated"), answer.text
    assert await server.rows("SELECT id FROM user_account WHERE email = :email", email=person.email)
    assert not await server.rows(
        "SELECT k.id FROM api_key k JOIN user_account u ON u.id = k.user_id WHERE u.email = :email", email=person.email
    )


async def testAnAddressDoesNotChangeForASessionThatEndedWhileItWaited(server: AuthServer, client: AsyncClient) -> None:
    person, newEmail = await server.register(client), anEmail()
    headers = await server.signIn(client, person)
    await client.post("/api/auth/email/change", json={"newEmail": newEmail}, headers=headers)
    await server.runJobs()
    codes = {"oldCode": codeIn(server.mail.to(person.email)[-1]), "newCode": codeIn(server.mail.to(newEmail)[-1])}
    answer = await callWhileSessionsEnd(server, client, person, "POST", "/email/change/confirm", codes)
    assert answer.status_code == 401, answer.text
    assert (await login(client, person)).status_code == 200


@pytest.fixture
async def wary(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    """A server that asks everybody for a mailed code after their first try."""
    settings = {**serverEnvironment, **ONE_ADDRESS_IS_NO_ATTACK, "authAddressFailuresBeforeMailCode": 1}
    async with runServer(AuthTestSettings.model_validate(settings), database.superuser) as running:
        yield running


async def testAMailedCodeOpensNothingOnceThePasswordChangedWhileItWaited(wary: AuthServer) -> None:
    async with wary.browser() as client:
        person = await wary.register(client)
        await login(client, Person(person.email, "not the password at all"))
        begun = (await login(client, person)).json()
        assert begun["methods"] == ["emailCode"]
        proof = {"challengeId": begun["challengeId"], "method": "emailCode", "code": await wary.lastCode(person.email)}
        async with holding(wary, person) as (connection, user):
            call = asyncio.create_task(client.post("/api/auth/login/second-factor", json=proof))
            await untilItWaits(wary)
            await connection.execute(text(_CHANGE_PASSWORD), user)
        answer = await call
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.challengeInvalid"), answer.text
    assert not await wary.rows(
        "SELECT s.id FROM user_session s JOIN user_account u ON u.id = s.user_id WHERE u.email = :email",
        email=person.email,
    )
