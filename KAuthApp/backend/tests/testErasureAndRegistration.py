"""Somebody erases an account while somebody else registers its address: both get their answer, whoever is first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from httpx import AsyncClient
from sqlalchemy import text

from KAuthApp.backend.tests.harness import NEW_PASSWORD, AuthServer, Person, login

_WAITING: Final = (
    "SELECT count(*) AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'shadow_registration'"
)


@asynccontextmanager
async def holdingTheNote(server: AuthServer, index: str) -> AsyncIterator[None]:
    """The note of the latest registration, locked: whoever wants it waits, and gets it in the order of coming."""
    async with server.truth.openSession() as session:
        statement = text("SELECT 1 FROM shadow_registration WHERE address_index = :index FOR UPDATE")
        await (await session.connection()).execute(statement, {"index": index})
        yield
        await session.commit()


async def untilWaiting(server: AuthServer, count: int) -> None:
    for _ in range(200):
        [row] = await server.rows(_WAITING)
        if row["waiting"] == count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("they never came to wait")


async def testARegistrationAndAnErasureOfOneAddressDoNotWaitForEachOther(
    server: AuthServer, client: AsyncClient
) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    again = {"email": person.email, "password": NEW_PASSWORD}
    assert (await client.post("/api/auth/register", json=again)).status_code == 202
    [note] = await server.rows("SELECT address_index FROM shadow_registration ORDER BY created_at DESC LIMIT 1")
    index = str(note["address_index"])

    async with server.browser() as stranger:
        async with holdingTheNote(server, index):
            registration = asyncio.create_task(stranger.post("/api/auth/register", json=again))
            await untilWaiting(server, 1)
            erasure = asyncio.create_task(client.delete("/api/auth/account", headers=csrf))
            await untilWaiting(server, 2)
        answers = await asyncio.gather(registration, erasure)

    assert [answer.status_code for answer in answers] == [202, 204], [answer.text for answer in answers]
    assert not await server.rows("SELECT id FROM user_account WHERE email = :email", email=person.email)
    assert not await server.rows("SELECT 1 FROM shadow_registration WHERE address_index = :index", index=index)


async def testTheyGoOnWhenTheyMeetAgainAndAgain(server: AuthServer, client: AsyncClient) -> None:
    """Without anybody who holds them up: as it happens."""
    for _ in range(5):
        person = await server.register(client)
        csrf = await server.signIn(client, person)
        again = {"email": person.email, "password": NEW_PASSWORD}
        assert (await client.post("/api/auth/register", json=again)).status_code == 202
        calls = [client.post("/api/auth/register", json=again) for _ in range(3)]
        answers = await asyncio.gather(*calls, client.delete("/api/auth/account", headers=csrf))
        assert [answer.status_code for answer in answers] == [202, 202, 202, 204], [answer.text for answer in answers]
        assert (await login(client, Person(person.email))).status_code == 401
