"""An administrator changes the own password: by the present one, a moment after a second factor."""

from __future__ import annotations

import asyncio

import pytest
from httpx import Response

from KSysAdmin.backend.tests.conftest import PASSWORD, MakeBrowser, MakePerson, Person, Post

NEW = "grey boats on a slow river"
_CHANGED = "SELECT count(*) FROM audit_event WHERE action = 'administrator.passwordChanged' AND target_id = $1"


async def change(person: Person, current: str = PASSWORD, new: str = NEW) -> Response:
    return await person.post("/auth/password", {"currentPassword": current, "newPassword": new})


async def testTheNewPasswordSignsInAndTheOldOneDoesNot(boss: Person, makeBrowser: MakeBrowser, post: Post) -> None:
    other = makeBrowser(boss)
    await other.signInAgain()

    assert (await change(boss)).status_code == 204

    assert (await boss.get("/auth/me")).status_code == 200
    assert (await other.get("/auth/me")).status_code == 401, "whoever sat there is out"
    assert (await boss.startSignIn()).status_code == 401
    assert (await boss.startSignIn(NEW)).json()["status"] == "secondFactorRequired"
    assert "A new password was set" in [message.subject for message in await post.to(boss.email)]
    assert await boss.sql.fetchval(_CHANGED, boss.administratorId) == 1


async def testASecondFactorMustHaveBeenShownAMomentAgo(boss: Person) -> None:
    await boss.growStale()
    assert (await change(boss)).json()["code"] == "auth.reauthenticationRequired"


async def testOnlyWhoKnowsThePresentPasswordChangesIt(boss: Person, makePerson: MakePerson) -> None:
    for _ in range(5):
        wrong = await change(boss, current="not the password at all")
        assert (wrong.status_code, wrong.json()["code"]) == (403, "auth.currentPasswordWrong")
    assert (await change(boss)).status_code == 429, "tries wait longer and longer"
    assert (await boss.startSignIn()).status_code == 200, "a sign-in feels nothing of it"
    assert (await change(await makePerson())).status_code == 204, "nor does anybody else"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("too short", "auth.passwordTooShort"),
        ("long " * 30, "auth.passwordTooLong"),
        ("correcthorsebatterystaple", "auth.passwordCompromised"),
    ],
)
async def testTheNewOneIsJudgedAsAtTheInvitation(boss: Person, password: str, code: str) -> None:
    refused = await change(boss, new=password)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["errors"][0]["field"] == "newPassword"
    assert (await boss.startSignIn()).status_code == 200


async def testHalfASignInByTheOldPasswordIsVoid(boss: Person, makeBrowser: MakeBrowser) -> None:
    thief = makeBrowser(boss)
    waiting = await thief.challenge()
    assert (await change(boss)).status_code == 204
    proof = {"challengeId": waiting, "method": "recoveryCode", "code": boss.recoveryCodes[0]}
    assert (await thief.post("/auth/second-factor", proof)).json()["code"] == "auth.challengeInvalid"


async def testNobodyHasFailedAtANewPassword(boss: Person) -> None:
    await boss.sql.execute("UPDATE administrator SET failures_in_a_row = 100 WHERE email = $1", boss.email)
    assert (await change(boss)).status_code == 204
    counted = "SELECT failures_in_a_row FROM administrator WHERE email = $1"
    assert await boss.sql.fetchval(counted, boss.email) == 0


async def testOfManyChangesAtOnceOneWins(boss: Person) -> None:
    answers = await asyncio.gather(*(change(boss, new=f"{NEW} number {number}") for number in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 403, 403, 403]
    assert await boss.sql.fetchval(_CHANGED, boss.administratorId) == 1
