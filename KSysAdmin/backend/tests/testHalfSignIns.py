"""Half a sign-in, and a call that had to wait: neither outlives what it rests on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from conftest import DatabaseUrls
from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl
from KSysAdmin.backend.tests.conftest import PASSWORD, MakeBrowser, MakePerson, Person, Post, SqlConnection
from shared.backend.utils.uuid import generateId

OWNER_ROLE = "SELECT id FROM role WHERE name = 'owner'"


@pytest.fixture
async def rival(database: DatabaseUrls) -> AsyncIterator[SqlConnection]:
    """A connection of its own, to hold locks by."""
    connection = await asyncpg.connect(toDriverUrl(database.owner))
    yield connection
    await connection.close()


@pytest.fixture
async def watcher(database: DatabaseUrls) -> AsyncIterator[SqlConnection]:
    """Sees what everybody waits for."""
    connection = await asyncpg.connect(toDriverUrl(database.superuser))
    yield connection
    await connection.close()


@asynccontextmanager
async def turnOf(rival: SqlConnection) -> AsyncIterator[None]:
    """One transaction; at its end whoever waited goes on."""
    await rival.execute("BEGIN")
    yield
    await rival.execute("COMMIT")


async def untilSomebodyWaits(watcher: SqlConnection, table: str) -> None:
    for _ in range(200):
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ $1"
        if await watcher.fetchval(waiting, table):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody came to wait")


async def testNobodyEnrolsByAPasswordThatWasTakenAwayMeanwhile(
    boss: Person, makePerson: MakePerson, makeBrowser: MakeBrowser, post: Post
) -> None:
    other = await makePerson(isEnrolled=False)
    thief = makeBrowser(other)
    waiting = await thief.challenge()
    row = await boss.sql.fetchrow("SELECT id FROM administrator WHERE email = $1", other.email)
    assert (await boss.post(f"/administrators/{row['id']}/factors/reset")).status_code == 200
    accepted = {"token": await post.linkTo(other.email), "password": f"{PASSWORD} again"}
    assert (await other.post("/auth/invitation/accept", accepted)).status_code == 204

    answer = await thief.post("/auth/mfa/totp/enroll", {"challengeId": waiting})

    assert answer.json()["code"] == "auth.challengeInvalid"


async def testAPasswordThatIsTakenAwayWhileItIsCheckedBeginsNoSignIn(
    boss: Person, makePerson: MakePerson, rival: SqlConnection, watcher: SqlConnection
) -> None:
    other = await makePerson(isEnrolled=False)
    async with turnOf(rival):
        await rival.execute("SELECT id FROM administrator WHERE email = $1 FOR NO KEY UPDATE", other.email)
        begun = asyncio.create_task(other.startSignIn())
        await untilSomebodyWaits(watcher, "administrator")
        taken = "UPDATE administrator SET password_hash = NULL, status = 'invited' WHERE email = $1"
        await rival.execute(taken, other.email)
    answer = await begun
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.invalidCredentials")


async def testWhoWasSuspendedWhileTheCallWaitedInvitesNobody(
    boss: Person, makePerson: MakePerson, rival: SqlConnection, watcher: SqlConnection
) -> None:
    villain = await makePerson()
    accomplice = f"accomplice-{generateId()}@example.com"
    roleId = str(await boss.sql.fetchval(OWNER_ROLE))
    async with turnOf(rival):
        await rival.execute(f"{OWNER_ROLE} FOR NO KEY UPDATE")
        call = asyncio.create_task(villain.post("/administrators", {"email": accomplice, "roleIds": [roleId]}))
        await untilSomebodyWaits(watcher, "role")
        ended = "UPDATE administrator_session SET ended_at = now() WHERE administrator_id = $1"
        await rival.execute(ended, UUID(villain.administratorId))
    answer = await call
    assert answer.status_code == 401, answer.text
    assert await boss.sql.fetchval("SELECT count(*) FROM administrator WHERE email = $1", accomplice) == 0


async def testWhoWasSuspendedWhileTheCallWaitedAddsNoFactor(
    boss: Person, makePerson: MakePerson, rival: SqlConnection, watcher: SqlConnection
) -> None:
    villain = await makePerson()
    async with turnOf(rival):
        held = "SELECT id FROM administrator WHERE id = $1 FOR NO KEY UPDATE"
        await rival.execute(held, UUID(villain.administratorId))
        call = asyncio.create_task(villain.post("/auth/mfa/recovery-codes"))
        await untilSomebodyWaits(watcher, "administrator")
        ended = "UPDATE administrator_session SET ended_at = now() WHERE administrator_id = $1"
        await rival.execute(ended, UUID(villain.administratorId))
    assert (await call).status_code == 401
