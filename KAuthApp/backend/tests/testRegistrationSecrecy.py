"""Registering, signing in and waiting tell nobody whether an address has an owner, and fill nobody's mailbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from httpx import AsyncClient

from conftest import DatabaseUrls
from KAuthApp.backend.tests.conftest import ONE_ADDRESS_IS_NO_ATTACK
from KAuthApp.backend.tests.defence import CHEAP, outcome, solve, stranger, tryWith
from KAuthApp.backend.tests.harness import (
    NEW_PASSWORD,
    PASSWORD,
    AuthServer,
    AuthTestSettings,
    Person,
    anEmail,
    login,
    runServer,
)

FIRST, SECOND = "eleven otters in the reeds", "a lighthouse without a keeper"
A_WEEK = timedelta(days=7, minutes=1)


@pytest.fixture(scope="module")
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    limits = {"authOrdersBeforeProof": 30, "authOrdersToOneBeforeProof": 25}
    settings = AuthTestSettings.model_validate({**serverEnvironment, **CHEAP, **ONE_ADDRESS_IS_NO_ATTACK, **limits})
    async with runServer(settings, database.superuser) as running:
        yield running


@pytest.fixture
async def client(server: AuthServer) -> AsyncIterator[AsyncClient]:
    """A browser at an address of its own; time is real again after the test."""
    async with stranger(server) as opened:
        yield opened
    server.clock.reset()


async def register(client: AsyncClient, email: str, password: str, proof: str | None = None) -> int:
    body = {"email": email, "password": password, **({} if proof is None else {"proof": proof})}
    return (await client.post("/api/auth/register", json=body)).status_code


async def inEveryState(server: AuthServer, client: AsyncClient) -> dict[str, str]:
    """An address of each kind; each with a password nobody in the test knows but its owner."""
    known, suspended = await server.register(client), await server.register(client)
    pending = anEmail()
    await register(client, pending, "the first comer's own sentence")
    await server.rows(
        "UPDATE user_account SET status = 'suspended', suspended_at = now() WHERE email = :email", email=suspended.email
    )
    return {"unknown": anEmail(), "pending": pending, "known": known.email, "suspended": suspended.email}


async def testWhoRegistersAndSignsInSeesTheSameWhetherOrNotThereIsAnOwner(
    server: AuthServer, client: AsyncClient
) -> None:
    stories = {}
    for state, email in (await inEveryState(server, client)).items():
        async with stranger(server) as prober:
            story = [outcome(await tryWith(prober, email, FIRST))]
            assert await register(prober, email, FIRST) == 202
            story += [outcome(await tryWith(prober, email, password)) for password in (FIRST, SECOND)]
            assert await register(prober, email, SECOND) == 202
            story += [outcome(await tryWith(prober, email, password)) for password in (FIRST, SECOND)]
            body = {"email": email, "code": "000000", "password": FIRST}
            story.append(outcome(await prober.post("/api/auth/verify-email", json=body)))
        stories[state] = story
    assert [code for _, code, _ in stories["unknown"]] == [
        "auth.invalidCredentials",
        "auth.emailNotVerified",
        "auth.invalidCredentials",
        "auth.invalidCredentials",
        "auth.emailNotVerified",
        "auth.codeInvalid",
    ]
    assert stories["pending"] == stories["known"] == stories["suspended"] == stories["unknown"]


async def testAnOwnerWhoRegistersAgainStillGetsIn(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    assert await register(client, person.email, person.password) == 202
    async with stranger(server) as other:
        assert (await login(other, person)).json()["status"] == "authenticated"
    assert await register(client, person.email, SECOND) == 202
    async with stranger(server) as other:
        assert (await login(other, person)).json()["status"] == "authenticated"


async def testRegistrationsNobodyProvedEndAfterAWeekWithAndWithoutAnOwner(
    server: AuthServer, client: AsyncClient
) -> None:
    person, pending = await server.register(client), anEmail()
    for email in (person.email, pending):
        assert await register(client, email, FIRST) == 202
    await server.runJobs()
    for ahead, code in ((timedelta(days=6, hours=23), "auth.emailNotVerified"), (A_WEEK, "auth.invalidCredentials")):
        server.clock.ahead = ahead
        await server.runJobs()
        for email in (person.email, pending):
            async with stranger(server) as prober:
                assert (await tryWith(prober, email, FIRST)).json()["code"] == code
    assert (await login(client, person)).json()["status"] == "authenticated"
    left = await server.rows("SELECT status FROM user_account WHERE email = :email", email=pending)
    assert left == []
    ended = await server.rows("SELECT 1 FROM audit_event WHERE action = 'auth.registrationExpired'")
    assert len(ended) >= 1


async def testRegisteringAgainKeepsARegistrationAlive(server: AuthServer, client: AsyncClient) -> None:
    pending = anEmail()
    await register(client, pending, FIRST)
    server.clock.ahead = timedelta(days=5)
    await register(client, pending, FIRST)
    server.clock.ahead = timedelta(days=9)
    await server.runJobs()
    assert (await tryWith(client, pending, FIRST)).json()["code"] == "auth.emailNotVerified"


@pytest.mark.parametrize(("path", "subject"), [("password/forgot", "Choose a new password")])
async def testAMailboxGetsEightCodesAnHourAndFifteenADayThatStrangersOrder(
    server: AuthServer, client: AsyncClient, path: str, subject: str
) -> None:
    person = await server.register(client)

    async def order(times: int) -> int:
        for _ in range(times):
            async with stranger(server) as somebody:
                assert (await somebody.post(f"/api/auth/{path}", json={"email": person.email})).status_code == 202
        await server.runJobs()
        return sum(mail.subject == subject for mail in server.mail.to(person.email))

    assert await order(13) == 8
    server.clock.ahead = timedelta(hours=1, minutes=1)
    assert await order(13) == 15
    server.clock.ahead = timedelta(hours=3)
    assert await order(5) == 15
    server.clock.ahead = timedelta(days=1, hours=2)
    assert await order(2) == 17


async def testThereAreAHundredGuessesAtResetCodesADayAtMost(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    for hours in range(0, 20, 2):
        server.clock.ahead = timedelta(hours=hours)
        for _ in range(4):
            async with stranger(server) as guesser:
                await guesser.post("/api/auth/password/forgot", json={"email": person.email})
                await server.runJobs()
                body = {"email": person.email, "code": "000000", "newPassword": NEW_PASSWORD}
                for _ in range(7):
                    assert (await guesser.post("/api/auth/password/reset", json=body)).status_code == 400
    tried = await server.rows(
        "SELECT coalesce(sum(c.failed_tries), 0) AS guesses FROM one_time_code c JOIN user_account u"
        " ON u.id = c.user_id WHERE u.email = :email AND c.purpose = 'resetPassword'",
        email=person.email,
    )
    assert tried[0]["guesses"] == 75, "a hundred with the codes that are kept for browsers the owner knows"


async def testAKnownAddressIsToldTenTimesAnHourAtMost(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    for number in range(14):
        assert await register(client, person.email, f"{FIRST} number {number}") == 202
    await server.runJobs()
    told = [mail for mail in server.mail.to(person.email) if mail.subject == "You already have an account"]
    assert len(told) == 10


async def testWhoOrdersVeryManyMailsWorksForTheNext(server: AuthServer, client: AsyncClient) -> None:
    for path, purpose in (("password/forgot", "forgot"), ("verify-email/resend", "resend")):
        async with stranger(server) as flooder:
            for _ in range(30):
                assert (await flooder.post(f"/api/auth/{path}", json={"email": anEmail()})).status_code == 202
            refused = await flooder.post(f"/api/auth/{path}", json={"email": anEmail()})
            assert outcome(refused) == (403, "auth.proofRequired", None)
            body = {"email": anEmail(), "proof": await solve(flooder, purpose)}
            assert (await flooder.post(f"/api/auth/{path}", json=body)).status_code == 202
            assert await register(flooder, anEmail(), PASSWORD) == 403
            assert await register(flooder, anEmail(), PASSWORD, await solve(flooder, "register")) == 202
        async with stranger(server) as another:
            assert (await another.post(f"/api/auth/{path}", json={"email": anEmail()})).status_code == 202


async def testWhoFloodsOneMailboxWorksForTheNextFromWhereverItIs(server: AuthServer, client: AsyncClient) -> None:
    target = anEmail()
    for number in range(26):
        async with stranger(server) as flooder:
            answer = await flooder.post("/api/auth/password/forgot", json={"email": target})
            assert answer.status_code == (202 if number < 25 else 403)
    async with stranger(server) as other:
        assert (await other.post("/api/auth/password/forgot", json={"email": anEmail()})).status_code == 202


async def testTheNotedRegistrationHoldsNoPasswordAndNoAddress(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    await register(client, email, FIRST)
    noted = await server.rows("SELECT * FROM shadow_registration")
    assert email not in str(noted)
    assert {len(str(row["password_tag"])) for row in noted} == {5}
    assert Person(email).email == email
