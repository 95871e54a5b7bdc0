"""An account's reset codes are few, so one stranger alone may use up only a few of them, by ordering or by guessing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from httpx import AsyncClient

from conftest import DatabaseUrls
from KAuthApp.backend.tests.conftest import ONE_ADDRESS_IS_NO_ATTACK
from KAuthApp.backend.tests.defence import anAddress, stranger
from KAuthApp.backend.tests.factors import codeOf
from KAuthApp.backend.tests.harness import NEW_PASSWORD, AuthServer, AuthTestSettings, Person, anEmail, login, runServer
from KAuthApp.backend.tests.testResetWithFactor import mailedCode, reset


@pytest.fixture(scope="module")
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    settings = AuthTestSettings.model_validate({**serverEnvironment, **ONE_ADDRESS_IS_NO_ATTACK})
    async with runServer(settings, database.superuser) as running:
        yield running


SUBJECT = "Choose a new password"
WRONG = "000000"


async def order(client: AsyncClient, email: str, times: int = 1) -> None:
    for _ in range(times):
        assert (await client.post("/api/auth/password/forgot", json={"email": email})).status_code == 202


async def mailed(server: AuthServer, person: Person) -> int:
    await server.runJobs()
    return sum(mail.subject == SUBJECT for mail in server.mail.to(person.email))


async def testOnePlaceDoesNotOrderAwayTheCodesOfAnAccount(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with stranger(server) as flooder:
        for hours in range(5):
            server.clock.ahead = timedelta(hours=hours * 2)
            await order(flooder, person.email, 12)
            await server.runJobs()
        assert await mailed(server, person) == 5
        await order(flooder, anEmail())
    code = await mailedCode(server, client, person)
    assert (await reset(client, person, code)).status_code == 204
    async with stranger(server) as flooder:
        server.clock.ahead = timedelta(days=1, hours=9)
        await order(flooder, person.email, 12)
        assert await mailed(server, person) == 11, "a day later, from another place"


async def testOnePlaceDoesNotGuessAwayTheCodesOfAnAccount(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    answers, code = [], ""
    async with stranger(server) as guesser:
        for _ in range(4):
            code = await mailedCode(server, client, person)
            answers += [await reset(guesser, person, WRONG) for _ in range(7)]
        refused = answers[-1]
        assert (refused.status_code, codeOf(refused)) == (429, "auth.tooManyAttempts")
        assert int(refused.headers["retry-after"]) > 0
        assert sum(answer.status_code == 400 for answer in answers) == 15
    assert (await reset(client, person, code)).status_code == 204, "the owner is somewhere else"


async def testWhoGuessesAtNobodyIsToldTheSame(server: AuthServer, client: AsyncClient) -> None:
    nobody = Person(anEmail())
    async with stranger(server) as guesser:
        seen = [(await reset(guesser, nobody, WRONG)).status_code for _ in range(16)]
    assert seen == [400] * 15 + [429]


async def testTheOwnersMistakesAreForgottenWithTheRightCode(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    address, password = anAddress(), ""
    for number in range(4):
        async with stranger(server, address) as owner:
            code = await mailedCode(server, client, person)
            assert [(await reset(owner, person, WRONG)).status_code for _ in range(4)] == [400] * 4
            password = f"{NEW_PASSWORD} number {number}"
            assert (await reset(owner, person, code, password=password)).status_code == 204
    assert (await login(client, Person(person.email, password))).status_code == 200


async def testABrowserThatSignedInBeforeGetsACodeWhateverStrangersOrder(
    server: AuthServer, client: AsyncClient
) -> None:
    person = await server.register(client)
    await server.signIn(client, person)
    for hours in range(0, 8, 2):
        server.clock.ahead = timedelta(hours=hours)
        for _ in range(12):
            async with stranger(server) as flooder:
                await order(flooder, person.email)
        await server.runJobs()
    assert await mailed(server, person) == 15, "the last quarter of a day's codes is not for strangers"
    code = await mailedCode(server, client, person)
    assert await mailed(server, person) == 16
    assert (await reset(client, person, code)).status_code == 204


async def testAKnownBrowserIsNotTakenForAStrangerOfItsPlace(server: AuthServer) -> None:
    address = anAddress()
    async with stranger(server, address) as owner, stranger(server, address) as flooder:
        person = await server.register(owner)
        await server.signIn(owner, person)
        flooder.cookies.set("kDevice", "x" * 43)
        await order(flooder, person.email, 12)
        assert await mailed(server, person) == 5
        code = await mailedCode(server, owner, person)
        assert await mailed(server, person) == 6
        assert (await reset(owner, person, code)).status_code == 204
