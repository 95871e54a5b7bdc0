from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import pytest

from KSysAdmin.backend.application.services.createAdministratorService import CreateAdministratorService
from KSysAdmin.backend.domain.exceptions.administratorErrors import PasswordCompromisedError
from KSysAdmin.backend.tests.conftest import PASSWORD, MakePerson, Person, Post, SqlConnection, createByCommand
from shared.backend.loggingFactory import configureLogging
from shared.backend.redis.client import RedisClient

_MOVE_BACK = "UPDATE administrator_session SET last_seen_at = last_seen_at - $1::interval WHERE administrator_id = $2"


async def testFirstSignInSetsUpTheSecondFactorAndOpensASession(makePerson: MakePerson, post: Post) -> None:
    person = await makePerson(isEnrolled=False)
    started = await person.startSignIn()
    assert started.json()["status"] == "enrollmentRequired"
    assert started.json()["methods"] == ["totp"]
    assert "set-cookie" not in started.headers

    confirmed = await person.enroll()

    assert confirmed.json()["status"] == "authenticated"
    assert len(set(person.recoveryCodes)) == 10
    cookie = confirmed.headers["set-cookie"]
    assert re.match(r"kAdminSession=[A-Za-z0-9_-]{43};", cookie)
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    me = await person.get("/auth/me")
    assert me.json()["user"]["email"] == person.email
    assert me.json()["user"]["roles"] == ["owner"]
    assert "user.suspend" in me.json()["user"]["permissions"]
    assert me.json()["recoveryCodesLeft"] == 10
    assert [message.subject for message in await post.to(person.email)] == ["A second factor was added"]


async def testEnrolmentShowsAScannableSecret(makePerson: MakePerson) -> None:
    person = await makePerson(isEnrolled=False)
    shown = (await person.post("/auth/mfa/totp/enroll", {"challengeId": await person.challenge()})).json()
    assert len(shown["secret"]) == 32, "160 bits in base32"
    assert shown["otpauthUri"].startswith("otpauth://totp/")
    assert shown["qrSvg"].startswith("<svg")


async def testSecondSignInNeedsACodeOfTheApp(boss: Person) -> None:
    await boss.forgetSpentStep()
    started = await boss.startSignIn()
    assert started.json()["status"] == "secondFactorRequired"
    assert started.json()["methods"] == ["totp", "recoveryCode"]

    answer = await boss.post(
        "/auth/second-factor", {"challengeId": started.json()["challengeId"], "method": "totp", "code": boss.code()}
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["user"]["id"] == boss.administratorId
    assert answer.json()["recoveryCodes"] is None


async def testTheEnrolmentCodeCountsAsUsed(boss: Person) -> None:
    body = {"challengeId": await boss.challenge(), "method": "totp", "code": boss.enrolmentCode}
    answer = await boss.post("/auth/second-factor", body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "auth.codeInvalid"


async def testOfTwentyEqualCodesAtOnceOneWins(boss: Person) -> None:
    await boss.forgetSpentStep()
    challenges = [await boss.challenge() for _ in range(20)]
    code = boss.code(stepsAhead=1)

    async def tryIt(challenge: str) -> int:
        body = {"challengeId": challenge, "method": "totp", "code": code}
        return (await boss.client.post("/api/admin/auth/second-factor", json=body)).status_code

    statuses = await asyncio.gather(*(tryIt(challenge) for challenge in challenges))
    assert statuses.count(200) == 1, statuses
    assert set(statuses) <= {200, 400, 429}


async def testOfManyEqualRecoveryCodesAtOnceOneWins(boss: Person) -> None:
    challenges = [await boss.challenge() for _ in range(10)]

    async def tryIt(challenge: str) -> int:
        body = {"challengeId": challenge, "method": "recoveryCode", "code": boss.recoveryCodes[0].upper()}
        return (await boss.client.post("/api/admin/auth/second-factor", json=body)).status_code

    statuses = await asyncio.gather(*(tryIt(challenge) for challenge in challenges))
    assert statuses.count(200) == 1, statuses


async def testOneChallengeOpensOneSession(boss: Person) -> None:
    await boss.forgetSpentStep()
    challenge = await boss.challenge()
    codes = [boss.code(steps) for steps in (-1, 0, 1)]

    async def tryIt(code: str) -> int:
        body = {"challengeId": challenge, "method": "totp", "code": code}
        return (await boss.client.post("/api/admin/auth/second-factor", json=body)).status_code

    statuses = await asyncio.gather(*(tryIt(code) for code in codes))
    assert statuses.count(200) == 1, statuses


async def testAChallengeIsTriedFiveTimes(boss: Person) -> None:
    await boss.forgetSpentStep()
    challenge = await boss.challenge()
    wrong = "000000" if boss.code() != "000000" else "111111"
    codes = [
        (await boss.post("/auth/second-factor", {"challengeId": challenge, "method": "totp", "code": wrong})).json()[
            "code"
        ]
        for _ in range(5)
    ]
    assert codes == ["auth.codeInvalid"] * 5
    right = {"challengeId": challenge, "method": "totp", "code": boss.code()}
    assert (await boss.post("/auth/second-factor", right)).json()["code"] == "auth.challengeInvalid"
    # and five failures in a row make the next one wait, with any challenge
    await boss.sql.execute("UPDATE administrator_totp SET failures_in_a_row = 9")
    again = {"challengeId": await boss.challenge(), "method": "totp", "code": boss.code()}
    waiting = await boss.post("/auth/second-factor", again)
    assert waiting.status_code == 429
    assert int(waiting.headers["retry-after"]) > 0


async def testParallelEnrolmentsEndWithOneSecret(makePerson: MakePerson) -> None:
    person = await makePerson(isEnrolled=False)
    first, second = await person.challenge(), await person.challenge()
    one = (await person.post("/auth/mfa/totp/enroll", {"challengeId": first})).json()["secret"]
    two = (await person.post("/auth/mfa/totp/enroll", {"challengeId": second})).json()["secret"]
    person.totpSecret = one
    stale = await person.post("/auth/mfa/totp/confirm", {"challengeId": first, "code": person.code()})
    assert stale.status_code == 400, "the first secret was replaced"
    person.totpSecret = two
    answers = await asyncio.gather(
        *(
            person.post("/auth/mfa/totp/confirm", {"challengeId": challenge, "code": person.code()})
            for challenge in (first, second)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 401]


async def testUnknownAddressAndWrongPasswordSayTheSame(boss: Person) -> None:
    wrong = await boss.startSignIn("not the password at all")
    unknown = await boss.post("/auth/login", {"email": "nobody@example.com", "password": "not the password at all"})
    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.json(), "requestId": ""} == {**unknown.json(), "requestId": ""}
    assert wrong.json()["code"] == "auth.invalidCredentials"


async def testWrongPasswordsWaitLongerAndLongerFromOneAddress(makePerson: MakePerson) -> None:
    person = await makePerson(isEnrolled=False)
    statuses = [(await person.startSignIn("wrong")).status_code for _ in range(6)]
    assert statuses[:5] == [401] * 5
    assert statuses[5] == 429, "the sixth try waits"
    await person.sql.execute("DELETE FROM administrator_sign_in_failure")
    assert (await person.startSignIn()).status_code == 200


async def testPublicCredentialsAreRefusedEverywhere(boss: Person, redis: RedisClient) -> None:
    await redis.set("kauth:session:" + "0" * 64, "{}")
    for path in ("/users", "/settings", "/rate-limit-policies", "/audit-events", "/payments", "/auth/me"):
        bearer = await boss.client.get(f"/api/admin{path}", headers={"Authorization": "Bearer some.public.token"})
        assert bearer.status_code == 401, path
        assert bearer.json()["code"] == "auth.unauthenticated"
        cookie = await boss.client.get(f"/api/admin{path}", headers={"Cookie": "kSession=abcdefghijklmnop"})
        assert cookie.status_code == 401, path


async def testAChangeWithoutTheCsrfTokenIsRefused(boss: Person) -> None:
    del boss.client.headers["X-CSRF-Token"]
    answer = await boss.put("/settings/auth.passwordMinLength", {"value": 20})
    assert answer.status_code == 403
    assert answer.json()["code"] == "auth.csrfRequired"


async def testSignOutEndsTheSessionAndItsCopy(boss: Person, redis: RedisClient) -> None:
    row = await boss.sql.fetchrow(
        "SELECT secret_hash FROM administrator_session WHERE administrator_id = $1", UUID(boss.administratorId)
    )
    key = f"kadmin:session:{row['secret_hash']}"
    assert await redis.get(key) is not None
    kept = boss.client.cookies["kAdminSession"]

    assert (await boss.post("/auth/logout")).status_code == 204

    assert await redis.get(key) is None
    again = await boss.client.get("/api/admin/auth/me", headers={"Cookie": f"kAdminSession={kept}"})
    assert again.status_code == 401


async def testAnIdleSessionIsOver(boss: Person) -> None:
    await boss.sql.execute(
        _MOVE_BACK,
        timedelta(minutes=16),
        UUID(boss.administratorId),
    )
    assert (await boss.get("/auth/me")).status_code == 401


async def testARequestPushesTheIdleEndAway(boss: Person) -> None:
    await boss.sql.execute(
        _MOVE_BACK,
        timedelta(minutes=10),
        UUID(boss.administratorId),
    )
    assert (await boss.get("/auth/me")).status_code == 200
    age = await boss.sql.fetchval(
        "SELECT now() - last_seen_at < interval '1 minute' FROM administrator_session WHERE administrator_id = $1",
        UUID(boss.administratorId),
    )
    assert age is True


async def testAnInvitationIsSpentByPostOnce(
    createAdministrator: CreateAdministratorService, makePerson: MakePerson, sql: SqlConnection
) -> None:
    helper = await makePerson(isEnrolled=False)
    link = await createByCommand(createAdministrator, "invited@example.com", None)
    assert link is not None
    assert link.startswith("http://gateway.test/admin/invitation#")
    token = link.partition("#")[2]

    for guessed in ("passwordpassword", "correcthorsebatterystaple", "!chamatkar1dikha#chala4ma$"):
        weak = await helper.post("/auth/invitation/accept", {"token": token, "password": guessed})
        assert weak.json()["code"] == "auth.passwordCompromised", guessed
    answers = await asyncio.gather(
        *(helper.post("/auth/invitation/accept", {"token": token, "password": PASSWORD}) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [204, 400, 400, 400, 400]
    invited = Person(helper.client, "invited@example.com", sql)
    assert (await invited.startSignIn()).json()["status"] == "enrollmentRequired"


async def testThePageOfAnInvitationIsToldWhatTheInvitationDecides(
    createAdministrator: CreateAdministratorService, makePerson: MakePerson
) -> None:
    helper = await makePerson(isEnrolled=False)
    link = await createByCommand(createAdministrator, "nightwatchman.harbour@example.com", None)
    assert link is not None
    token = link.partition("#")[2]

    own = ("nightwatchman.harbour", "nightwatchman.harbour@example.com", "K-Platform administrator")
    refused = ("too short", "correcthorsebatterystaple", *own, "x" * 129)
    for password in (*refused, PASSWORD):
        body = {"token": token, "password": password}
        told = (await helper.post("/auth/password/strength", body)).json()
        answer = await helper.post("/auth/invitation/accept", body)
        assert told["isAccepted"] == (answer.status_code == 204) == (password == PASSWORD), password
        errors = [] if answer.status_code == 204 else answer.json()["errors"]
        assert told["reasons"] == [{"code": error["code"], "message": error["message"]} for error in errors]
        assert told["score"] >= 3 if told["isAccepted"] else told["score"] <= 1


async def testAPasswordIsJudgedWithoutAnInvitationAndByTheSettingOfNow(boss: Person) -> None:
    own = {"password": boss.email, "email": boss.email}
    assert (await boss.post("/auth/password/strength", own)).json()["isAccepted"] is False
    stale = await boss.post("/auth/password/strength", {"password": PASSWORD, "token": "x" * 43})
    assert stale.json() == {"score": 4, "isAccepted": True, "reasons": []}
    await boss.put("/settings/auth.passwordMinLength", {"value": 64})
    try:
        assert (await boss.get("/auth/password-policy")).json() == {"minLength": 64, "maxLength": 128}
        told = (await boss.post("/auth/password/strength", {"password": PASSWORD})).json()
        assert [reason["code"] for reason in told["reasons"]] == ["auth.passwordTooShort"]
    finally:
        await boss.put("/settings/auth.passwordMinLength", {"value": 15})


async def testNoPasswordThatIsJudgedReachesTheLog(boss: Person, capsys: pytest.CaptureFixture[str]) -> None:
    configureLogging("DEBUG", "json")
    capsys.readouterr()
    for password in (PASSWORD, "correcthorsebatterystaple"):
        assert (await boss.post("/auth/password/strength", {"password": password})).status_code == 200
        assert (await boss.post("/auth/password/strength", {"password": password, "token": "x"})).status_code == 422
    await boss.post("/auth/invitation/accept", {"token": "x" * 43, "password": PASSWORD})
    captured = capsys.readouterr()
    assert "admin.invitationInvalid" in captured.out, "what is refused is logged by its code"
    assert not any(secret in captured.out + captured.err for secret in (PASSWORD, "correcthorsebatterystaple"))


async def testNoCommandSetsAPasswordThatIsOnTheLists(createAdministrator: CreateAdministratorService) -> None:
    with pytest.raises(PasswordCompromisedError, match="lists that guessers try first"):
        await createByCommand(createAdministrator, "listed@example.com", "correcthorsebatterystaple")


async def testOfManyCreateAdminsForOneAddressOneWins(
    createAdministrator: CreateAdministratorService, sql: SqlConnection
) -> None:
    results = await asyncio.gather(
        *(createByCommand(createAdministrator, "first@example.com", PASSWORD) for _ in range(8)), return_exceptions=True
    )
    refused = [result for result in results if isinstance(result, BaseException)]
    assert len(refused) == 7
    assert {type(error).__name__ for error in refused} == {"AdministratorExistsError"}
    rows = await sql.fetchval("SELECT count(*) FROM administrator WHERE email = 'first@example.com'")
    assert rows == 1
    await sql.execute("UPDATE administrator SET status = 'suspended' WHERE email = 'first@example.com'")


@pytest.mark.parametrize("status", ["suspended", "invited"])
async def testOnlyActiveAdministratorsAreLetIn(boss: Person, status: str) -> None:
    await boss.sql.execute("UPDATE administrator SET status = $1 WHERE email = $2", status, boss.email)
    assert (await boss.get("/auth/me")).status_code == 401
    assert (await boss.startSignIn()).status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("login", '{"email": "admin@example.com", "password": "half of \\ud83d"}'),
        ("invitation/accept", '{"token": "\\ud83d aaaaaaaaaaaaaaaa", "password": "violet tram under the old bridge"}'),
    ],
)
async def testHalfACharacterIsAMalformedRequest(boss: Person, path: str, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await boss.client.post(f"/api/admin/auth/{path}", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


async def testAPathThatIsNearlyRightLeadsNowhereElse(boss: Person) -> None:
    """A redirect would name the host that the caller named, and take the body with it."""
    body = {"email": "admin@example.com", "password": PASSWORD}
    answer = await boss.client.post("/api/admin/auth/login/", json=body, headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer.json()["code"]) == (404, "request.notFound")
    assert "location" not in answer.headers
