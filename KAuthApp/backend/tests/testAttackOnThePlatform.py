"""Stolen passwords tried at many accounts from many addresses: seen within minutes, and right ones no longer enough."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from altcha import Challenge, solve_challenge
from httpx import AsyncClient

from conftest import DatabaseUrls
from KAuthApp.backend.tests.defence import CHEAP, outcome, ownerOf, stranger, tryHard, tryWith
from KAuthApp.backend.tests.harness import (
    NEW_PASSWORD,
    PASSWORD,
    AuthServer,
    AuthTestSettings,
    anEmail,
    codeIn,
    login,
    runServer,
)

WRONG = NEW_PASSWORD
SEEN_AFTER = 30


@pytest.fixture
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    """A platform at peace: what happens to it is about all of its accounts."""
    settings = AuthTestSettings.model_validate({**serverEnvironment, **CHEAP})
    async with runServer(settings, database.superuser) as running:
        await running.rows("DELETE FROM sign_in_pressure")
        await running.rows("DELETE FROM failure_counter")
        yield running


async def stuff(server: AuthServer, times: int, address: str | None = None) -> None:
    """So many wrong pairs, each at another account and from another address, or all from one."""
    turns = asyncio.Semaphore(8)

    async def one() -> None:
        async with turns, stranger(server, address) as client:
            assert (await tryHard(client, anEmail(), WRONG)).status_code == 401

    await asyncio.gather(*(one() for _ in range(times)))


async def testUnderAnAttackARightPasswordIsNotEnoughOnAnUnknownDevice(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with ownerOf(server, person) as owner:
        await stuff(server, SEEN_AFTER)
        assert (await login(owner, person)).json()["status"] == "authenticated"
    async with stranger(server) as thief:
        assert outcome(await tryWith(thief, person.email, PASSWORD)) == (403, "auth.proofRequired", None)
        half = await tryHard(thief, person.email, PASSWORD)
        assert (half.json()["status"], half.json()["methods"]) == ("secondFactorRequired", ["emailCode"])
        assert "kSession" not in thief.cookies
        assert outcome(await tryHard(thief, person.email, WRONG)) == (401, "auth.invalidCredentials", None)
        await server.runJobs()
        code = codeIn(server.mail.to(person.email)[-1])
        body = {"challengeId": half.json()["challengeId"], "method": "emailCode", "code": code}
        assert (await thief.post("/api/auth/login/second-factor", json=body)).json()["status"] == "authenticated"


async def testAnAttackThatIsOverIsForgotten(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await stuff(server, SEEN_AFTER)
    server.clock.ahead += timedelta(minutes=16)
    async with stranger(server) as owner:
        assert (await tryWith(owner, person.email, PASSWORD)).json()["status"] == "authenticated"


async def testASlowAttackIsSeenWithinTheDay(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    for _ in range(5):
        await stuff(server, 20)
        server.clock.ahead += timedelta(minutes=30)
    async with stranger(server) as thief:
        assert (await tryHard(thief, person.email, PASSWORD)).json()["status"] == "secondFactorRequired"
    server.clock.ahead += timedelta(days=1)
    async with stranger(server) as owner:
        assert (await tryWith(owner, person.email, PASSWORD)).json()["status"] == "authenticated"


async def testOnePlaceAloneBurdensNobodyElse(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await stuff(server, 60, address="198.51.100.9")
    async with stranger(server) as owner:
        assert (await tryWith(owner, person.email, PASSWORD)).json()["status"] == "authenticated"


async def testAPlaceThatFailsTooOftenGivesNobodyInByAPasswordAlone(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await stuff(server, 100, address="198.51.100.9")
    async with stranger(server, "198.51.100.9") as thief:
        assert (await tryHard(thief, person.email, PASSWORD)).json()["methods"] == ["emailCode"]


async def testPeopleWhoMistypeAreNoAttack(server: AuthServer, client: AsyncClient) -> None:
    people = [await server.register(client) for _ in range(20)]
    for person in people:
        async with stranger(server) as browser:
            statuses = [(await tryWith(browser, person.email, each)).status_code for each in (WRONG, WRONG, PASSWORD)]
            assert statuses == [401, 401, 200]
    pressed = await server.rows("SELECT sum(tries) AS tries, sum(failures) AS failures FROM sign_in_pressure")
    assert (pressed[0]["tries"], pressed[0]["failures"]) == (20, 0)
    assert await server.rows("SELECT 1 FROM failure_counter WHERE kind = 'address' AND failures > 0") == []


async def testUnderAnAttackEverybodyIsGivenMoreWork(server: AuthServer, client: AsyncClient) -> None:
    async def rounds() -> int:
        challenge = Challenge.from_dict((await client.get("/api/auth/proof-of-work")).json())
        solution = solve_challenge(challenge)
        assert solution is not None
        return solution.counter

    assert max([await rounds() for _ in range(5)]) <= 2
    await stuff(server, SEEN_AFTER)
    assert min([await rounds() for _ in range(5)]) >= 4
