"""Guessing at accounts: strangers work and wait, an owner's device does neither, and nobody locks an owner out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from httpx import AsyncClient, Response

from conftest import DatabaseUrls
from KAuthApp.backend.tests.conftest import ONE_ADDRESS_IS_NO_ATTACK
from KAuthApp.backend.tests.defence import CHEAP, fail, outcome, ownerOf, solve, stranger, tryHard, tryWith
from KAuthApp.backend.tests.harness import (
    NEW_PASSWORD,
    PASSWORD,
    AuthServer,
    AuthTestSettings,
    Person,
    anEmail,
    codeIn,
    login,
    runServer,
)

WRONG = NEW_PASSWORD
FREE_TRIES = 5
MOST_IN_A_ROW = 100


@pytest.fixture(scope="module")
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    settings = AuthTestSettings.model_validate({**serverEnvironment, **CHEAP, **ONE_ADDRESS_IS_NO_ATTACK})
    async with runServer(settings, database.superuser) as running:
        yield running


async def mailedCode(server: AuthServer, email: str) -> str:
    await server.runJobs()
    mails = [mail for mail in server.mail.to(email) if mail.subject == "Your code to sign in"]
    return codeIn(mails[-1])


async def enterCode(client: AsyncClient, challenge: Response, code: str) -> Response:
    body = {"challengeId": challenge.json()["challengeId"], "method": "emailCode", "code": code}
    return await client.post("/api/auth/login/second-factor", json=body)


async def testAStrangerWorksAndThenWaits(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with stranger(server) as guesser:
        for _ in range(FREE_TRIES):
            assert (await tryWith(guesser, person.email, WRONG)).status_code == 401
        for _ in range(3):
            refused = await tryWith(guesser, person.email, PASSWORD)
            assert outcome(refused) == (403, "auth.proofRequired", None)
        for _ in range(FREE_TRIES):
            assert (await tryHard(guesser, person.email, WRONG)).status_code == 401
        waits = []
        for _ in range(3):
            told = await tryHard(guesser, person.email, PASSWORD)
            assert (told.status_code, told.json()["code"]) == (429, "auth.tooManyAttempts")
            waits.append(int(told.headers["Retry-After"]))
            server.clock.ahead += timedelta(seconds=waits[-1])
            assert (await tryHard(guesser, person.email, WRONG)).status_code == 401
        assert waits == [1, 2, 4]
        server.clock.ahead += timedelta(seconds=8)
        assert (await tryHard(guesser, person.email, PASSWORD)).status_code == 200
        assert (await tryWith(guesser, person.email, WRONG)).status_code == 401, "who got in begins anew"


async def testAnAddressNobodyHasIsTreatedAlike(server: AuthServer, client: AsyncClient) -> None:
    known, suspended = await server.register(client), await server.register(client)
    await server.rows(
        "UPDATE user_account SET status = 'suspended', suspended_at = now() WHERE email = :email", email=suspended.email
    )
    stories = []
    for email in (known.email, anEmail(), suspended.email):
        async with stranger(server) as guesser:
            story = [outcome(await tryWith(guesser, email, WRONG)) for _ in range(7)]
            story += [outcome(await tryHard(guesser, email, WRONG)) for _ in range(7)]
        stories.append(story)
    assert stories[0] == stories[1] == stories[2]
    assert {status for status, _, _ in stories[0]} == {401, 403, 429}


async def testAProofIsGoodOnceForItsCallAndForTenMinutes(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    async with stranger(server) as guesser:
        for _ in range(FREE_TRIES):
            await tryWith(guesser, email, WRONG)
        proof = await solve(guesser)
        both = await asyncio.gather(*(tryWith(guesser, email, WRONG, proof) for _ in range(8)))
        assert sorted(answer.status_code for answer in both) == [401] + [403] * 7
        stale = await solve(guesser)
        for useless in (proof, await solve(guesser, "forgot"), "x", "e30=", stale[:-8]):
            assert outcome(await tryWith(guesser, email, WRONG, useless)) == (403, "auth.proofRequired", None)
        server.clock.ahead += timedelta(minutes=10)
        assert (await tryWith(guesser, email, WRONG, stale)).status_code == 403


async def testARefusedTrySpendsNoProof(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    async with stranger(server) as guesser:
        for _ in range(2 * FREE_TRIES):
            await tryHard(guesser, email, WRONG)
        proof = await solve(guesser)
        told = await tryWith(guesser, email, WRONG, proof)
        assert told.status_code == 429
        server.clock.ahead += timedelta(seconds=int(told.headers["Retry-After"]))
        assert (await tryWith(guesser, email, WRONG, proof)).status_code == 401


async def testOfManyTriesAtOnceNoMoreGetThroughThanOneAfterTheOther(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with stranger(server) as guesser:
        tries = [tryWith(guesser, person.email, WRONG) for _ in range(30)]
        statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert statuses.count(401) <= FREE_TRIES
    assert set(statuses) <= {401, 403, 503}


async def testAnOwnersDeviceNeitherWorksNorWaitsForWhatStrangersDo(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with ownerOf(server, person) as owner:
        await fail(server, person.email, MOST_IN_A_ROW)
        for _ in range(3):
            assert (await login(owner, person)).json()["status"] == "authenticated"
            await fail(server, person.email, 12)


async def testADeviceThatFailsItselfWaitsAndThenLosesItsPath(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with ownerOf(server, person) as owner:
        for _ in range(5):
            assert (await tryWith(owner, person.email, WRONG)).status_code == 401
        for seconds in (1, 2, 4, 8, 16):
            assert outcome(await login(owner, person)) == (429, "auth.tooManyAttempts", str(seconds))
            server.clock.ahead += timedelta(seconds=seconds)
            assert (await tryWith(owner, person.email, WRONG)).status_code == 401
        await fail(server, person.email, 10)
        assert outcome(await login(owner, person)) == (403, "auth.proofRequired", None), "a stranger like any other"
        assert (await tryHard(owner, person.email, PASSWORD)).status_code == 200
        assert (await login(owner, person)).status_code == 200, "known again"


async def testAStolenCookieOpensNoPathToOtherAccounts(server: AuthServer, client: AsyncClient) -> None:
    thief, victim = await server.register(client), await server.register(client)
    async with ownerOf(server, thief) as browser:
        await fail(server, victim.email, 10)
        assert outcome(await tryWith(browser, victim.email, PASSWORD)) == (403, "auth.proofRequired", None)


async def testAfterAHundredFailuresNobodyGuessesOnAndTheOwnerStillGetsIn(
    server: AuthServer, client: AsyncClient
) -> None:
    person, nobody = await server.register(client), anEmail()
    for email in (person.email, nobody):
        await fail(server, email, MOST_IN_A_ROW)
    mailsBefore = len(server.mail.to(person.email))
    async with stranger(server) as guesser:
        wrong = await tryHard(guesser, person.email, WRONG)
        unknown = await tryHard(guesser, nobody, PASSWORD)
        await server.runJobs()
        assert len(server.mail.to(person.email)) == mailsBefore
    async with stranger(server) as owner:
        right = await tryHard(owner, person.email, PASSWORD)
        for answer in (wrong, unknown, right):
            assert answer.status_code == 200
            assert (answer.json()["status"], answer.json()["methods"]) == ("secondFactorRequired", ["emailCode"])
        opened = await enterCode(owner, right, await mailedCode(server, person.email))
        assert opened.json()["status"] == "authenticated"
        assert opened.json()["session"]["authMethods"] == ["password", "emailCode"]
        assert (await owner.get("/api/auth/me")).status_code == 200
    async with stranger(server) as guesser:
        assert (await tryWith(guesser, person.email, WRONG)).status_code == 401, "the owner's entry begins anew"


async def testAChallengeThatNobodyCanAnswerRefusesCodesLikeARealOne(server: AuthServer, client: AsyncClient) -> None:
    person, nobody = await server.register(client), anEmail()
    stories = []
    for email in (person.email, nobody):
        await fail(server, email, MOST_IN_A_ROW)
        async with stranger(server) as guesser:
            challenge = await tryHard(guesser, email, PASSWORD)
            await server.runJobs()
            stories.append([outcome(await enterCode(guesser, challenge, "000000")) for _ in range(7)])
    assert stories[0] == stories[1]
    assert [code for _, code, _ in stories[0]] == ["auth.secondFactorInvalid"] * 5 + ["auth.challengeInvalid"] * 2


async def testAMailedCodeAnswersTheOneSignInItWasMailedFor(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await fail(server, person.email, MOST_IN_A_ROW)
    async with stranger(server) as owner, stranger(server) as thief:
        theirs = await tryHard(thief, person.email, PASSWORD)
        mine = await tryHard(owner, person.email, PASSWORD)
        code = await mailedCode(server, person.email)
        assert outcome(await enterCode(thief, theirs, code)) == (401, "auth.secondFactorInvalid", None)
        both = await asyncio.gather(*(enterCode(owner, mine, code) for _ in range(6)))
        assert sorted(answer.status_code for answer in both) == [200] + [401] * 5


async def testEvenAtOnceStrangersFailAHundredTimesInARowAndNoMore(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)

    async def guess() -> int:
        async with stranger(server) as guesser:
            tries = [await tryHard(guesser, person.email, WRONG) for _ in range(4)]
        return sum(answer.status_code == 401 for answer in tries)

    told = sum(await asyncio.gather(*(guess() for _ in range(40))))
    assert told <= MOST_IN_A_ROW
    assert told > MOST_IN_A_ROW // 2


async def testAResetBeginsAnew(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await fail(server, person.email, MOST_IN_A_ROW)
    await client.post("/api/auth/password/forgot", json={"email": person.email})
    reset = {"email": person.email, "code": await server.lastCode(person.email), "newPassword": NEW_PASSWORD}
    assert (await client.post("/api/auth/password/reset", json=reset)).status_code == 204
    async with stranger(server) as owner:
        assert (await tryWith(owner, person.email, NEW_PASSWORD)).json()["status"] == "authenticated"


async def testFailuresAreForgottenInTime(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await fail(server, person.email, 10)
    async with stranger(server) as owner:
        assert (await tryWith(owner, person.email, PASSWORD)).status_code == 403
        server.clock.ahead += timedelta(days=8)
        await server.runJobs()
        assert (await tryWith(owner, person.email, PASSWORD)).status_code == 200
    assert await server.rows("SELECT 1 FROM failure_counter WHERE last_failed_at < now()") == []


async def testASecondFactorStillFollowsWhatTheMailboxShows(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await server.rows(
        "INSERT INTO user_passkey (id, user_id, credential_id, public_key, sign_count, aaguid, transports,"
        " is_backup_eligible, is_backed_up, name, created_at) SELECT gen_random_uuid(), id, :credential, :credential,"
        " 0, gen_random_uuid(), '{}', false, false, 'key', now() FROM user_account WHERE email = :email",
        credential=person.email.encode(),
        email=person.email,
    )
    await fail(server, person.email, MOST_IN_A_ROW)
    async with stranger(server) as owner:
        first = await tryHard(owner, person.email, PASSWORD)
        assert first.json()["methods"] == ["emailCode"]
        second = await enterCode(owner, first, await mailedCode(server, person.email))
        assert (second.json()["status"], second.json()["methods"]) == ("secondFactorRequired", ["passkey"])
        assert "kSession" not in owner.cookies


async def testNoFailedTryLeavesAnAddressOrAnAccountReadable(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    async with stranger(server, "203.0.113.77") as guesser:
        await tryWith(guesser, email, WRONG)
    kept = str(await server.rows("SELECT failure_counter::text AS row FROM failure_counter"))
    assert email not in kept
    assert "203.0.113.77" not in kept
    assert Person(email).password not in kept
