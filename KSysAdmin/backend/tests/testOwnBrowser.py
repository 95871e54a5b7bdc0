"""An outsider who fails and fails never stands between an administrator and the own browser."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import Response

from KSysAdmin.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KSysAdmin.backend.tests.conftest import MakeBrowser, MakePerson, Person, Post
from shared.backend.cryptoFactory import HashPoolFullError
from shared.backend.mail.mailSender import MailMessage

_MOVED = (
    "UPDATE administrator_session SET client_address = '203.0.113.9', client_network = '203.0.113.9'"
    " WHERE administrator_id IN (SELECT id FROM administrator WHERE email = $1)"
)
_MOVED_TO_IPV6 = _MOVED.replace("client_network = '203.0.113.9'", "client_network = '2001:db8:1:2::/64'")
_FAILED = "UPDATE administrator SET failures_in_a_row = $2 WHERE email = $1"
_COUNTED = "SELECT failures_in_a_row FROM administrator WHERE email = $1"
_LAST_SEEN = "UPDATE administrator SET last_login_at = last_login_at - $2::interval WHERE email = $1"
_ORDERS = "SELECT count(*) FROM outbox_message WHERE payload ->> 'kind' = 'browserLink'"
_CONFIRMED = (
    "SELECT count(*) FROM audit_event WHERE action = 'administrator.browserConfirmed'"
    " AND actor_id IN (SELECT id::text FROM administrator WHERE email = $1)"
)
_LINK = re.compile(r"/admin/browser#(\S+)")
_A_DAY = timedelta(days=1)


class FullHasher(PasswordHasherInterface):
    """Everybody is being served already."""

    async def hash(self, password: str) -> str:
        raise HashPoolFullError

    async def verify(self, password: str, stored: str | None) -> bool:
        raise HashPoolFullError

    def needsRehash(self, stored: str) -> bool:
        return False


async def attack(person: Person, failures: int = 100) -> None:
    """As if so many wrong passwords had come from everywhere, and the owner from elsewhere."""
    await person.sql.execute(_MOVED, person.email)
    await person.sql.execute(_FAILED, person.email, failures)


def said(answer: Response) -> tuple[int, object, list[str]]:
    """All that an answer tells, but for what is new in every one."""
    return answer.status_code, {**answer.json(), "requestId": ""}, sorted(answer.headers)


async def linksTo(person: Person, post: Post) -> list[MailMessage]:
    return [message for message in await post.to(person.email) if _LINK.search(message.text)]


async def openLink(person: Person, message: MailMessage) -> Response:
    found = _LINK.search(message.text)
    assert found is not None
    return await person.post("/auth/browser/confirm", {"token": found[1]})


async def testItSignsInFromAnotherAddressWhileTheAccountIsUnderAttack(boss: Person) -> None:
    await attack(boss)
    assert (await boss.startSignIn()).json()["status"] == "secondFactorRequired"


async def testOfTriesFromEverywhereAHundredAreTold(boss: Person, makeBrowser: MakeBrowser) -> None:
    await attack(boss, failures=90)
    strangers = [makeBrowser(boss, f"198.51.100.{number}") for number in range(12)]
    answers = await asyncio.gather(*(stranger.startSignIn("not the password at all") for stranger in strangers[:10]))
    assert [answer.status_code for answer in answers] == [401] * 10
    assert await boss.sql.fetchval(_COUNTED, boss.email) == 100
    assert said(await strangers[10].startSignIn()) == said(await strangers[11].startSignIn("not the password either"))


async def testTheHundredthTryIsStillTold(boss: Person, makeBrowser: MakeBrowser) -> None:
    await attack(boss, failures=99)
    assert (await makeBrowser(boss).startSignIn()).json()["status"] == "secondFactorRequired"
    assert await boss.sql.fetchval(_COUNTED, boss.email) == 99, "a right password is no failure"


async def testRightWrongAndUnknownAreAnsweredAlikeUnderAttack(boss: Person, makeBrowser: MakeBrowser) -> None:
    await attack(boss)
    stranger = makeBrowser(boss)
    before = await boss.sql.fetchval(_ORDERS)
    right, wrong = await stranger.startSignIn(), await stranger.startSignIn("not the password at all")
    body = {"email": "nobody@example.com", "password": "not the password at all"}
    unknown = await stranger.post("/auth/login", body)
    assert said(right) == said(wrong) == said(unknown)
    assert right.status_code == 401
    assert await boss.sql.fetchval(_ORDERS) == int(str(before)) + 3, "the same is written for each"


@pytest.mark.parametrize("isEnrolled", [True, False])
async def testAnOwnerFromNowhereKnownGetsInByTheMailbox(
    makePerson: MakePerson, makeBrowser: MakeBrowser, post: Post, isEnrolled: bool
) -> None:
    owner = await makePerson(isEnrolled=isEnrolled)
    await attack(owner)
    stranger = makeBrowser(owner)
    await stranger.startSignIn("not the password at all")
    assert await linksTo(owner, post) == [], "only who knows the password is mailed"
    await stranger.startSignIn()
    links = await linksTo(owner, post)
    assert [link.subject for link in links] == ["Let your browser in"]
    assert (await openLink(stranger, links[0])).status_code == 204

    await makeBrowser(owner).startSignIn("the attack goes on")
    status = (await stranger.startSignIn()).json()["status"]

    assert status == ("secondFactorRequired" if isEnrolled else "enrollmentRequired")
    again = await openLink(makeBrowser(owner), links[0])
    assert (again.status_code, again.json()["code"]) == (400, "admin.invitationInvalid")
    assert await owner.sql.fetchval(_CONFIRMED, owner.email) == 1


async def testALinkLetsABrowserInAndNobodyElse(boss: Person, makeBrowser: MakeBrowser, post: Post) -> None:
    """It is no second factor, and chooses no password."""
    await attack(boss)
    stranger = makeBrowser(boss)
    await stranger.startSignIn()
    link = (await linksTo(boss, post))[0]
    found = _LINK.search(link.text)
    assert found is not None
    chosen = await stranger.post(
        "/auth/invitation/accept", {"token": found[1], "password": "grey boats on a slow river"}
    )
    assert chosen.json()["code"] == "admin.invitationInvalid"
    assert (await openLink(stranger, link)).status_code == 204
    assert (await stranger.get("/auth/me")).status_code == 401


async def testWhoTriesAgainIsNotMailedAgainAtOnce(boss: Person, makeBrowser: MakeBrowser, post: Post) -> None:
    await attack(boss)
    stranger = makeBrowser(boss)
    for _ in range(3):
        await stranger.startSignIn()
        await post.deliver()
    assert len(await linksTo(boss, post)) == 1
    made = "UPDATE administrator_invitation SET created_at = created_at - interval '11 minutes' WHERE used_at IS NULL"
    await boss.sql.execute(made)
    await stranger.startSignIn()
    first, second = await linksTo(boss, post)
    assert (await openLink(stranger, first)).status_code == 400, "a newer one is there"
    assert (await openLink(stranger, second)).status_code == 204


async def testALinkThatCouldNotBeMailedIsMailedLater(boss: Person, makeBrowser: MakeBrowser, post: Post) -> None:
    await attack(boss)
    await makeBrowser(boss).startSignIn()
    post.mail.isAway = True
    with pytest.raises(ConnectionError):
        await post.deliver()
    post.mail.isAway = False
    assert len(await linksTo(boss, post)) == 1


async def testASignInForgivesTheFirstTimeOfADayOnly(boss: Person) -> None:
    """So an owner who comes and goes all day gives strangers no new tries: about a hundred a day is all they get."""
    await attack(boss)
    await boss.signInAgain()
    assert await boss.sql.fetchval(_COUNTED, boss.email) == 100
    await boss.sql.execute(_LAST_SEEN, boss.email, _A_DAY)
    await boss.signInAgain()
    assert await boss.sql.fetchval(_COUNTED, boss.email) == 0


async def testItDoesNotWaitForWhatOthersFailAtTheSameAddress(boss: Person, makeBrowser: MakeBrowser) -> None:
    stranger = makeBrowser(boss)
    for _ in range(6):
        await stranger.startSignIn("not the password at all")
    assert (await stranger.startSignIn()).status_code == 429
    assert (await boss.startSignIn()).json()["status"] == "secondFactorRequired"


async def testOfManyTriesAtOnceNoMoreAreToldThanOneByOne(boss: Person, makeBrowser: MakeBrowser) -> None:
    stranger = makeBrowser(boss)
    answers = await asyncio.gather(*(stranger.startSignIn("not the password at all") for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7
    assert await boss.sql.fetchval(_COUNTED, boss.email) == 5, "what waits is not counted"


async def testATryThatNobodyHadTimeForDoesNotCount(
    boss: Person, adminApp: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adminApp.state.lifespanState["adminUseCases"].startSignIn, "_hasher", FullHasher())
    assert [(await boss.startSignIn()).status_code for _ in range(7)] == [503] * 7
    monkeypatch.undo()
    assert await boss.sql.fetchval(_COUNTED, boss.email) == 0
    assert (await boss.startSignIn()).status_code == 200


async def testTheTriesOfABrowserAndItsSignInWaitForEachOtherInOneOrder(boss: Person) -> None:
    """Both lock the account first, then what is known of the browser: neither is a victim of the other."""
    challenges = [await boss.challenge() for _ in range(5)]

    def complete(challenge: str, code: str) -> Awaitable[Response]:
        body = {"challengeId": challenge, "method": "recoveryCode", "code": code}
        return boss.post("/auth/second-factor", body)

    pairs = zip(challenges, boss.recoveryCodes, strict=False)
    signIns, tries = [complete(*pair) for pair in pairs], [boss.startSignIn() for _ in range(5)]
    answers = await asyncio.gather(*signIns, *tries)
    assert [answer.status_code for answer in answers] == [200] * 10


async def testAnIpv6CustomerIsOneAddress(boss: Person, makeBrowser: MakeBrowser) -> None:
    strangers = [makeBrowser(boss, f"2001:db8:1:2::{number}") for number in range(6)]
    statuses = [(await stranger.startSignIn("not the password at all")).status_code for stranger in strangers]
    assert statuses == [401] * 5 + [429]
    assert (await makeBrowser(boss, "2001:db8:1:3::1").startSignIn()).status_code == 200


async def testAnAddressIsKnownByItsNetwork(boss: Person, makeBrowser: MakeBrowser) -> None:
    await attack(boss)
    await boss.sql.execute(_MOVED_TO_IPV6, boss.email)
    assert (await makeBrowser(boss, "2001:db8:1:2::9").startSignIn()).json()["status"] == "secondFactorRequired"
    assert (await makeBrowser(boss, "2001:db8:1:3::9").startSignIn()).status_code == 401


async def testItWaitsForWhatItFailsItself(boss: Person) -> None:
    for _ in range(6):
        await boss.startSignIn("not the password at all")
    assert (await boss.startSignIn()).status_code == 429


async def testItOpensNoPathToAnotherAccount(boss: Person, makeBrowser: MakeBrowser) -> None:
    stranger = makeBrowser(boss)
    stranger.client.cookies.set("kAdminDevice", "A" * 43)
    for _ in range(6):
        await stranger.startSignIn("not the password at all")
    stranger.client.cookies.set("kAdminDevice", "B" * 43)
    assert (await stranger.startSignIn()).status_code == 429
