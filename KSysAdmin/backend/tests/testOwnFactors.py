"""What an administrator does with the own factors and sessions."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from admin_server import AdminServerSettings
from KSysAdmin.backend.tests.conftest import MakeBrowser, MakePerson, Person, Post
from KSysAdmin.backend.tests.testPasskeys import addPasskey, enrollPasskey
from shared.backend.tests.softwareAuthenticator import SoftwareAuthenticator
from shared.backend.utils.uuid import generateId


@pytest.fixture(scope="module")
def adminSettings(serverEnvironment: dict[str, object]) -> AdminServerSettings:
    """At an address where browsers know passkeys."""
    return AdminServerSettings.model_validate({**serverEnvironment, "publicBaseUrl": "http://localhost:8080"})


async def isSignedIn(person: Person) -> bool:
    return (await person.get("/auth/me")).status_code == 200


async def completesSignIn(person: Person, method: str, code: str) -> bool:
    body = {"challengeId": await person.challenge(), "method": method, "code": code}
    return (await person.post("/auth/second-factor", body)).status_code == 200


async def testNewRecoveryCodesReplaceTheOldOnes(boss: Person, makeBrowser: MakeBrowser, post: Post) -> None:
    other = makeBrowser(boss)
    await other.signInAgain()

    answer = await boss.post("/auth/mfa/recovery-codes")

    codes = answer.json()["recoveryCodes"]
    assert len(set(codes)) == 10
    assert not set(codes) & set(boss.recoveryCodes)
    assert await isSignedIn(boss)
    assert not await isSignedIn(other), "whoever sat there is out"
    third = makeBrowser(boss)
    assert not await completesSignIn(third, "recoveryCode", boss.recoveryCodes[0])
    assert await completesSignIn(third, "recoveryCode", codes[0])
    subjects = [message.subject for message in await post.to(boss.email)]
    assert "Your recovery codes were renewed" in subjects
    assert (await boss.get("/auth/me")).json()["recoveryCodesLeft"] == 9


async def testAnotherAppTakesThePlaceOfTheOldOneWithItsFirstRightCode(
    boss: Person, makeBrowser: MakeBrowser, post: Post
) -> None:
    await boss.forgetSpentStep()
    other = makeBrowser(boss)
    shown = (await boss.post("/auth/mfa/totp/setup")).json()
    assert shown["qrSvg"].startswith("<svg")
    assert await completesSignIn(other, "totp", boss.code()), "the old one is good until then"
    new = replace(boss, totpSecret=shown["secret"])
    wrong = "000000" if new.code() != "000000" else "111111"
    assert (await boss.post("/auth/mfa/totp/setup/confirm", {"code": wrong})).json()["code"] == "auth.codeInvalid"

    used = new.code()
    confirmed = await boss.post("/auth/mfa/totp/setup/confirm", {"code": used})

    assert confirmed.status_code == 204, confirmed.text
    assert await isSignedIn(boss)
    assert not await isSignedIn(other)
    assert not await completesSignIn(other, "totp", used), "the confirming code counts as used"
    await boss.forgetSpentStep()
    assert not await completesSignIn(other, "totp", boss.code()), "the old app is no factor any more"
    assert await completesSignIn(other, "totp", new.code())
    assert "Your authenticator app was replaced" in [message.subject for message in await post.to(boss.email)]
    again = await boss.post("/auth/mfa/totp/setup/confirm", {"code": new.code(1)})
    assert again.json()["code"] == "admin.factorNotSetUp"


async def testOfTwentyEqualConfirmationsOneReplaces(boss: Person) -> None:
    shown = (await boss.post("/auth/mfa/totp/setup")).json()
    code = replace(boss, totpSecret=shown["secret"]).code()

    async def confirm() -> int:
        return (await boss.post("/auth/mfa/totp/setup/confirm", {"code": code})).status_code

    statuses = await asyncio.gather(*(confirm() for _ in range(20)))
    assert statuses.count(204) == 1, statuses
    assert set(statuses) <= {204, 409}, statuses
    told = await boss.sql.fetchval(
        "SELECT count(*) FROM audit_event WHERE action = 'administrator.totpReplaced' AND target_id = $1",
        boss.administratorId,
    )
    assert told == 1


async def testTheOnlyFactorStays(boss: Person) -> None:
    assert (await boss.delete("/auth/mfa/totp")).json()["code"] == "auth.lastFactor"
    me = (await boss.get("/auth/me")).json()
    assert (me["totp"], me["passkeys"]) == (True, 0)


async def testAnAppGoesWhenAPasskeyStays(boss: Person, post: Post) -> None:
    assert (await addPasskey(boss, SoftwareAuthenticator())).status_code == 201
    removed = await boss.delete("/auth/mfa/totp")
    assert removed.status_code == 204, removed.text
    assert (await boss.startSignIn()).json()["methods"] == ["passkey", "recoveryCode"]
    me = (await boss.get("/auth/me")).json()
    assert (me["totp"], me["passkeys"]) == (False, 1)
    texts = [message.text for message in await post.to(boss.email)]
    assert any("The passkey “Spare key” was added" in text for text in texts)
    assert any("An authenticator app was removed" in text for text in texts)
    assert (await boss.delete("/auth/mfa/totp")).json()["code"] == "admin.factorNotSetUp"


async def testWhoHasAPasskeyAddsAnApp(makePerson: MakePerson) -> None:
    person = await makePerson(isEnrolled=False)
    assert (await enrollPasskey(person, SoftwareAuthenticator())).status_code == 200
    person.totpSecret = (await person.post("/auth/mfa/totp/setup")).json()["secret"]
    assert (await person.startSignIn()).json()["methods"] == ["passkey", "recoveryCode"], "not before it is confirmed"
    assert (await person.post("/auth/mfa/totp/setup/confirm", {"code": person.code()})).status_code == 204
    assert "totp" in (await person.startSignIn()).json()["methods"]


async def testSessionsAreShownAndEnded(boss: Person, makeBrowser: MakeBrowser, makePerson: MakePerson) -> None:
    others = [makeBrowser(boss) for _ in range(3)]
    for other in others:
        other.client.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        await other.signInAgain()
    items = (await boss.get("/auth/sessions")).json()["items"]
    assert [item["current"] for item in items] == [False, False, False, True]
    assert items[0]["deviceLabel"] == "Firefox on Linux"
    assert items[0]["secondFactor"] == "totp"

    newest = (await others[2].get("/auth/me")).json()["session"]["id"]
    assert (await boss.delete(f"/auth/sessions/{newest}")).status_code == 204
    assert not await isSignedIn(others[2])
    assert (await boss.delete(f"/auth/sessions/{newest}")).json()["code"] == "admin.sessionNotFound"

    stranger = await makePerson()
    theirs = (await stranger.get("/auth/me")).json()["session"]["id"]
    assert (await boss.delete(f"/auth/sessions/{theirs}")).status_code == 404
    assert await isSignedIn(stranger)
    assert (await boss.delete(f"/auth/sessions/{generateId()}")).status_code == 404

    assert (await boss.delete("/auth/sessions")).status_code == 204
    assert [await isSignedIn(each) for each in (boss, *others)] == [True, False, False, False]


async def testANewBrowserIsToldOfAndAKnownOneIsNot(boss: Person, makeBrowser: MakeBrowser, post: Post) -> None:
    other = makeBrowser(boss)
    await other.signInAgain()
    told = [message for message in await post.to(boss.email) if message.subject.startswith("New sign-in")]
    assert len(told) == 1, "not for the very first browser, but for the second"
    await other.signInAgain()
    await boss.signInAgain()
    again = [message for message in await post.to(boss.email) if message.subject.startswith("New sign-in")]
    assert len(again) == 1
    cookie = other.client.cookies["kAdminDevice"]
    assert len(cookie) == 43
    await makeBrowser(boss).signInAgain()
    assert len([each for each in await post.to(boss.email) if each.subject.startswith("New sign-in")]) == 2


async def testABrowserKnownToOneIsNotKnownToAnother(
    boss: Person, makePerson: MakePerson, makeBrowser: MakeBrowser, post: Post
) -> None:
    other = await makePerson()
    await makeBrowser(other).signInAgain()
    shared = makeBrowser(other)
    shared.client.cookies.set("kAdminDevice", boss.client.cookies["kAdminDevice"])
    await shared.signInAgain()
    told = [message for message in await post.to(other.email) if message.subject.startswith("New sign-in")]
    assert len(told) == 2


async def testMailsComeInTheLanguageOfTheirReader(boss: Person, post: Post) -> None:
    assert (await boss.get("/auth/me")).json()["locale"] == "en"
    assert (await boss.patch("/auth/me", {"locale": "id"})).status_code == 204
    assert (await boss.patch("/auth/me", {"locale": "xx"})).status_code == 422
    await boss.post("/auth/mfa/recovery-codes")
    assert (await post.to(boss.email))[-1].subject == "Kode pemulihan Anda diperbarui"
    assert (await boss.get("/auth/me")).json()["locale"] == "id"
