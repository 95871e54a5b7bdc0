"""Moving an account to another address: proof from both, a way back, and nobody learns who has an account."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from httpx import AsyncClient, Response

from KAuthApp.backend.tests.harness import AuthServer, Person, anEmail, bearer, codeIn, csrfHeaders, login
from shared.backend.mail.mailSender import MailMessage

LINK = re.compile(r"/auth/email/revert#(\S+)")
WRONG = "000000"
ALREADY = "You already have an account"


async def ask(client: AsyncClient, csrf: Mapping[str, str], newEmail: str) -> Response:
    return await client.post("/api/auth/email/change", json={"newEmail": newEmail}, headers=dict(csrf))


async def confirm(client: AsyncClient, csrf: Mapping[str, str], oldCode: str, newCode: str) -> Response:
    body = {"oldCode": oldCode, "newCode": newCode}
    return await client.post("/api/auth/email/change/confirm", json=body, headers=dict(csrf))


async def revert(client: AsyncClient, token: str) -> Response:
    return await client.post("/api/auth/email/change/revert", json={"token": token})


async def codesFor(server: AuthServer, oldEmail: str, newEmail: str) -> tuple[str, str]:
    await server.runJobs()
    return codeIn(server.mail.to(oldEmail)[-1]), codeIn(server.mail.to(newEmail)[-1])


async def change(server: AuthServer, client: AsyncClient, csrf: Mapping[str, str], person: Person) -> Person:
    """The person at the new address; every mail is delivered."""
    newEmail = anEmail()
    assert (await ask(client, csrf, newEmail)).status_code == 202
    codes = await codesFor(server, person.email, newEmail)
    assert (await confirm(client, csrf, *codes)).status_code == 200
    await server.runJobs()
    return Person(newEmail, person.password)


def linkIn(message: MailMessage) -> str:
    found = LINK.findall(message.text)
    assert len(found) == 1, message.text
    return str(found[0])


async def signInCode(client: AsyncClient, person: Person) -> int:
    return (await login(client, person)).status_code


async def testCodesFromBothAddressesMoveTheAccount(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    newEmail = anEmail().replace("person", "Person")
    answer = await ask(client, csrf, newEmail)
    assert (answer.status_code, answer.json()) == (202, {"status": "codesSent"})
    profile = (await client.get("/api/auth/me")).json()
    assert (profile["email"], profile["pendingEmail"]) == (person.email, newEmail)

    oldCode, newCode = await codesFor(server, person.email, newEmail)
    answer = await confirm(client, csrf, oldCode, newCode)
    assert (answer.status_code, answer.json()) == (200, {"status": "changed"})
    profile = (await client.get("/api/auth/me")).json()
    assert (profile["email"], profile["emailVerified"], profile["pendingEmail"]) == (newEmail, True, None)
    async with server.browser() as another:
        assert await signInCode(another, person) == 401
        assert await signInCode(another, Person(newEmail, person.password)) == 200


async def testNeitherAddressShowsInTheDatabaseWhileTheChangeWaits(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    newEmail = anEmail()
    await ask(client, csrf, newEmail)
    for table in ("email_change", "outbox_message", "audit_event"):
        rows = await server.rows(f"SELECT {table}::text AS whole FROM {table}")  # noqa: S608 - three known names
        assert not any(newEmail in str(row["whole"]) for row in rows), table


async def testOtherSessionsEndAndThisOneStays(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with server.browser() as other:
        await server.signIn(other, person)
        csrf = await server.signIn(client, person)
        await change(server, client, csrf, person)
        assert (await other.get("/api/auth/me")).status_code == 401
        assert (await client.get("/api/auth/me")).status_code == 200
    (reason,) = {row["end_reason"] for row in await endedOf(server, client)}
    assert reason == "emailChanged"


async def endedOf(server: AuthServer, client: AsyncClient) -> list[Mapping[str, object]]:
    userId = (await client.get("/api/auth/me")).json()["id"]
    statement = "SELECT end_reason FROM user_session WHERE user_id = CAST(:id AS uuid) AND ended_at IS NOT NULL"
    return [*await server.rows(statement, id=userId)]


@pytest.mark.parametrize("wrong", ["old", "new", "swapped"])
async def testOneWrongCodeChangesNothingAndSpendsNoRightOne(
    server: AuthServer, client: AsyncClient, wrong: str
) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    newEmail = anEmail()
    await ask(client, csrf, newEmail)
    oldCode, newCode = await codesFor(server, person.email, newEmail)
    tried = {"old": (WRONG, newCode), "new": (oldCode, WRONG), "swapped": (newCode, oldCode)}[wrong]
    answer = await confirm(client, csrf, *tried)
    assert (answer.status_code, answer.json()["code"]) == (400, "auth.codeInvalid")
    assert (await client.get("/api/auth/me")).json()["email"] == person.email
    assert (await confirm(client, csrf, oldCode, newCode)).status_code == 200


async def testFiveWrongTriesVoidTheCode(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    newEmail = anEmail()
    await ask(client, csrf, newEmail)
    oldCode, newCode = await codesFor(server, person.email, newEmail)
    for _ in range(5):
        assert (await confirm(client, csrf, WRONG, newCode)).status_code == 400
    assert (await confirm(client, csrf, oldCode, newCode)).status_code == 400


async def testOfTwentyEqualConfirmationsOneWins(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    newEmail = anEmail()
    await ask(client, csrf, newEmail)
    codes = await codesFor(server, person.email, newEmail)
    answers = await asyncio.gather(*(confirm(client, csrf, *codes) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19


async def testATakenAddressAnswersTheSameAndItsOwnerGetsANoticeWithoutACode(
    server: AuthServer, client: AsyncClient
) -> None:
    person, owner = await server.register(client), await server.register(client)
    csrf = await server.signIn(client, person)
    free, taken = await ask(client, csrf, anEmail()), await ask(client, csrf, owner.email)
    assert (free.status_code, free.json()) == (taken.status_code, taken.json()) == (202, {"status": "codesSent"})
    await server.runJobs()
    assert server.mail.to(owner.email)[-1].subject == ALREADY
    oldCode = codeIn(server.mail.to(person.email)[-1])
    for guess in (WRONG, oldCode):
        assert (await confirm(client, csrf, oldCode, guess)).json()["code"] == "auth.codeInvalid"
    async with server.browser() as theirs:
        assert await signInCode(theirs, owner) == 200


async def testTheAddressIsTakenWhileTheCodesTravel(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    newEmail = anEmail()
    await ask(client, csrf, newEmail)
    codes = await codesFor(server, person.email, newEmail)
    async with server.browser() as theirs:
        owner = await server.register(theirs, newEmail)
        taken, wrong = await confirm(client, csrf, *codes), await confirm(client, csrf, WRONG, WRONG)
        assert taken.status_code == wrong.status_code == 400
        assert {**taken.json(), "requestId": ""} == {**wrong.json(), "requestId": ""}
        assert await signInCode(theirs, owner) == 200
    assert (await client.get("/api/auth/me")).json()["email"] == person.email


async def testTwoAccountsThatMoveToOneAddressAtOnceLeaveOneThere(server: AuthServer, client: AsyncClient) -> None:
    newEmail = anEmail()
    async with server.browser() as second:
        people = [(client, await server.register(client)), (second, await server.register(second))]
        tries = []
        for browser, person in people:
            csrf = await server.signIn(browser, person)
            await ask(browser, csrf, newEmail)
            tries.append((browser, csrf, *await codesFor(server, person.email, newEmail)))
        answers = await asyncio.gather(*(confirm(*each) for each in tries))
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    rows = await server.rows("SELECT count(*) AS found FROM user_account WHERE email = :email", email=newEmail)
    assert rows[0]["found"] == 1


async def testARegistrationNobodyProvedDoesNotKeepAnAddress(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    newEmail = anEmail()
    squatter = {"email": newEmail, "password": "nine herons on the wire"}
    assert (await client.post("/api/auth/register", json=squatter)).status_code == 202
    await ask(client, csrf, newEmail)
    codes = await codesFor(server, person.email, newEmail)
    assert (await confirm(client, csrf, *codes)).status_code == 200
    async with server.browser() as theirs:
        assert await signInCode(theirs, Person(newEmail, squatter["password"])) == 403


async def testACodeForOneAddressIsNoProofOfAnother(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    mine, victims = anEmail(), anEmail()
    await ask(client, csrf, mine)
    oldCode, newCode = await codesFor(server, person.email, mine)
    await ask(client, csrf, victims)
    assert (await confirm(client, csrf, oldCode, newCode)).status_code == 400
    await server.runJobs()
    oldCode = codeIn(server.mail.to(person.email)[-1])
    assert (await confirm(client, csrf, oldCode, newCode)).status_code == 400


async def testAnOrderThatIsLateMailsNoCodeForTheChangeThatCameAfter(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    first, second = anEmail(), anEmail()
    await ask(client, csrf, first)
    await ask(client, csrf, second)
    await server.runJobs()
    assert server.mail.to(first) == []
    assert len(server.mail.to(second)) == 1


async def testGivingUpVoidsTheCodes(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    newEmail = anEmail()
    await ask(client, csrf, newEmail)
    codes = await codesFor(server, person.email, newEmail)
    for _ in range(2):
        assert (await client.delete("/api/auth/email/change", headers=csrf)).status_code == 204
    assert (await client.get("/api/auth/me")).json()["pendingEmail"] is None
    assert (await confirm(client, csrf, *codes)).status_code == 400


async def testTheOwnAddressIsNoNewOne(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    answer = await ask(client, csrf, person.email.upper())
    assert (answer.status_code, answer.json()["code"]) == (422, "auth.emailUnchanged")
    assert answer.json()["errors"][0]["field"] == "newEmail"


async def testOnlySoManyStrangersAreWrittenToInAnHour(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    answers = [await ask(client, csrf, anEmail()) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


async def testAskingNeedsAFreshSignIn(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    server.clock.ahead = timedelta(minutes=6)
    answer = await ask(client, csrf, anEmail())
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.reauthenticationRequired")


async def testBothAddressesAreTold(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    moved = await change(server, client, csrf, person)
    toOld, toNew = server.mail.to(person.email)[-1], server.mail.to(moved.email)[-1]
    assert toOld.subject == toNew.subject == "The address of your account was changed"
    assert linkIn(toOld)
    assert LINK.findall(toNew.text) == [], "the way back is for the former address alone"
    assert moved.email not in toOld.text


async def testTheLinkTakesItBackAndEverySessionEnds(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    moved = await change(server, client, csrf, person)
    token = linkIn(server.mail.to(person.email)[-1])
    async with server.browser() as stranger:
        for method in ("GET", "HEAD"):
            assert (await stranger.request(method, "/api/auth/email/change/revert")).status_code == 405
        assert (await client.get("/api/auth/me")).status_code == 200, "looking at a link spends nothing"
        assert (await revert(stranger, token)).status_code == 204
        assert (await client.get("/api/auth/me")).status_code == 401
        assert await signInCode(stranger, moved) == 401
        assert await signInCode(stranger, person) == 200
        assert (await revert(stranger, token)).json()["code"] == "auth.revertInvalid"
    await server.runJobs()
    assert any("again since" in mail.text for mail in server.mail.to(person.email))


async def testWhatWasSetUpSinceIsTakenAwayWithTheChange(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    before, since = {"name": "Till", "scopes": ["profile.read"]}, {"name": "Back door", "scopes": ["profile.read"]}
    owners = (await client.post("/api/auth/api-keys", json=before, headers=csrf)).json()["secret"]
    await change(server, client, csrf, person)
    thiefs = (await client.post("/api/auth/api-keys", json=since, headers=csrf)).json()["secret"]
    token = linkIn(server.mail.to(person.email)[-1])
    async with server.browser() as program:
        assert (await program.get("/api/auth/me", headers=bearer(thiefs))).status_code == 200
        assert (await revert(program, token)).status_code == 204
        assert (await program.get("/api/auth/me", headers=bearer(thiefs))).status_code == 401
        assert (await program.get("/api/auth/me", headers=bearer(owners))).status_code == 200


async def testOfTwentyEqualRevertsOneWins(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await change(server, client, csrf, person)
    token = linkIn(server.mail.to(person.email)[-1])
    answers = await asyncio.gather(*(revert(client, token) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 19


async def testWhoeverChangedItTwiceDoesNotKeepIt(server: AuthServer, client: AsyncClient) -> None:
    """A thief moves the account on, and on again: the first link undoes both, the thief's own link nothing."""
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    thief = await change(server, client, csrf, person)
    token = linkIn(server.mail.to(person.email)[-1])
    again = await change(server, client, csrf, thief)
    thiefsToken = linkIn(server.mail.to(thief.email)[-1])
    assert (await revert(client, token)).status_code == 204
    assert (await revert(client, thiefsToken)).status_code == 400
    async with server.browser() as owner:
        assert await signInCode(owner, person) == 200
        assert await signInCode(owner, thief) == await signInCode(owner, again) == 401


async def testAnEarlierChangeCanStillBeTakenBackAfterALaterOneWas(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    second = await change(server, client, csrf, person)
    firstToken = linkIn(server.mail.to(person.email)[-1])
    await change(server, client, csrf, second)
    assert (await revert(client, linkIn(server.mail.to(second.email)[-1]))).status_code == 204
    assert (await revert(client, firstToken)).status_code == 204
    assert await signInCode(client, person) == 200


async def testTheLinkIsGoodForAWeek(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await change(server, client, csrf, person)
    token = linkIn(server.mail.to(person.email)[-1])
    server.clock.ahead = timedelta(days=7, minutes=1)
    assert (await revert(client, token)).json()["code"] == "auth.revertInvalid"
    await server.runJobs()
    server.clock.ahead = timedelta(days=6, hours=23)
    assert (await revert(client, token)).status_code == 204


async def testAnAddressThatSomebodyHasProvenMeanwhileIsNotTakenFromThem(
    server: AuthServer, client: AsyncClient
) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await change(server, client, csrf, person)
    token = linkIn(server.mail.to(person.email)[-1])
    async with server.browser() as other:
        newcomer = await server.register(other, person.email)
        assert (await revert(client, token)).json()["code"] == "auth.revertInvalid"
        assert await signInCode(other, newcomer) == 200


async def testAResetCodeMailedToTheFormerAddressIsVoid(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await client.post("/api/auth/password/forgot", json={"email": person.email})
    resetCode = await server.lastCode(person.email)
    moved = await change(server, client, csrf, person)
    body = {"email": moved.email, "code": resetCode, "newPassword": "eleven kites above the dunes"}
    assert (await client.post("/api/auth/password/reset", json=body)).status_code == 400


async def testAfterTheChangeTheCsrfTokenIsTheSame(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await change(server, client, csrf, person)
    assert await csrfHeaders(client) == csrf
