from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest
from httpx import AsyncClient

from KAuthApp.backend.tests.factors import (
    STEP,
    Guarded,
    answerWith,
    challengeOf,
    challengesOf,
    codeOf,
    confirm,
    enroll,
    guarded,
)
from KAuthApp.backend.tests.harness import COOKIE, NEW_PASSWORD, AuthServer, Person, bearer, csrfHeaders, login
from shared.backend.utils.uuid import generateId

EQUAL_REQUESTS: Final = 20


async def testThePasswordAloneOpensNothing(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    client.cookies.clear()
    answer = await login(client, who.person)
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "challengeId", "methods", "expiresAt"}
    assert answer.json()["methods"] == ["totp", "recoveryCode"]
    left = datetime.fromisoformat(answer.json()["expiresAt"]) - server.clock.now()
    assert timedelta(minutes=4, seconds=50) < left <= timedelta(minutes=5)
    assert "set-cookie" not in answer.headers
    assert (await client.get("/api/auth/me")).status_code == 401


async def testTheCodeOpensABrowsersSessionForADay(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    client.cookies.clear()
    answer = await answerWith(client, await challengeOf(client, who.person), who.app.nextCode())
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "authenticated"
    assert body["session"]["authMethods"] == ["password", "totp"]
    assert body["user"]["mfa"] == {"totp": True, "passkeys": 0, "recoveryCodesLeft": 10}
    assert "max-age=86400" in answer.headers["set-cookie"].lower()
    idle = datetime.fromisoformat(body["session"]["expiresAt"]) - server.clock.now()
    assert timedelta(minutes=59) < idle <= timedelta(hours=1)
    assert (await client.get("/api/auth/me")).json()["mfa"]["totp"] is True


async def testASessionWithASecondFactorEndsAfterAnHourUnused(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    await answerWith(client, await challengeOf(client, who.person), who.app.nextCode())
    for _ in range(3):
        server.clock.ahead += timedelta(minutes=50)
        assert (await client.get("/api/auth/me")).status_code == 200
    server.clock.ahead += timedelta(minutes=62)
    assert (await client.get("/api/auth/me")).status_code == 401


async def testASessionWithASecondFactorEndsAfterADayHoweverMuchItIsUsed(
    server: AuthServer, client: AsyncClient
) -> None:
    who = await guarded(server, client)
    await answerWith(client, await challengeOf(client, who.person), who.app.nextCode())
    for _ in range(28):
        server.clock.ahead += timedelta(minutes=50)
        assert (await client.get("/api/auth/me")).status_code == 200
    server.clock.ahead += timedelta(minutes=41)
    assert (await client.get("/api/auth/me")).status_code == 401


async def testAnApiClientGetsItsTokensAfterTheCode(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    client.cookies.clear()
    answer = await answerWith(client, await challengeOf(client, who.person, "api"), who.app.nextCode())
    tokens = answer.json()["tokens"]
    assert "set-cookie" not in answer.headers
    assert (await client.get("/api/auth/me", headers=bearer(tokens["accessToken"]))).status_code == 200
    refreshed = await client.post("/api/auth/token/refresh", json={"refreshToken": tokens["refreshToken"]})
    assert refreshed.status_code == 200


async def testAWrongCodeIsRefusedAndFiveEndTheChallenge(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    challengeId = await challengeOf(client, who.person)
    for _ in range(4):
        answer = await answerWith(client, challengeId, who.app.wrongCode())
        assert (answer.status_code, codeOf(answer)) == (401, "auth.secondFactorInvalid")
    other = await challengeOf(client, who.person)
    fifth = await answerWith(client, challengeId, who.recoveryCodes[0], "totp")
    assert codeOf(fifth) == "auth.secondFactorInvalid"
    server.clock.ahead += timedelta(minutes=1)
    over = await answerWith(client, challengeId, who.app.code())
    assert (over.status_code, codeOf(over)) == (401, "auth.challengeInvalid")
    assert (await answerWith(client, other, who.app.code())).status_code == 200


async def testAChallengeIsGoodForFiveMinutes(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    first, second = await challengeOf(client, who.person), await challengeOf(client, who.person)
    server.clock.ahead += timedelta(minutes=4, seconds=58)
    assert (await answerWith(client, first, who.app.code())).status_code == 200
    server.clock.ahead += timedelta(minutes=1)
    assert codeOf(await answerWith(client, second, who.app.code())) == "auth.challengeInvalid"


async def testAnAnsweredChallengeIsSpent(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    challengeId = await challengeOf(client, who.person)
    assert (await answerWith(client, challengeId, who.app.nextCode())).status_code == 200
    assert codeOf(await answerWith(client, challengeId, who.app.nextCode())) == "auth.challengeInvalid"


@pytest.mark.parametrize("challengeId", ["unknown", "another person's"])
async def testAChallengeOfNobodyOrAnotherOpensNothing(
    server: AuthServer, client: AsyncClient, challengeId: str
) -> None:
    who = await guarded(server, client)
    async with server.browser() as elsewhere:
        other = await guarded(server, elsewhere)
        theirs = await challengeOf(elsewhere, other.person)
    asked = str(generateId()) if challengeId == "unknown" else theirs
    client.cookies.clear()
    answer = await answerWith(client, asked, who.app.nextCode())
    assert answer.status_code == 401
    assert (await client.get("/api/auth/me")).status_code == 401


async def testAChangedPasswordVoidsWhatWasHalfSignedIn(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    async with server.browser() as thief:
        challengeId = await challengeOf(thief, who.person)
        change = {"currentPassword": who.person.password, "newPassword": NEW_PASSWORD}
        answer = await client.post("/api/auth/password/change", json=change, headers=who.headers)
        assert answer.status_code == 204
        answer = await answerWith(thief, challengeId, who.app.nextCode())
        assert (answer.status_code, codeOf(answer)) == (401, "auth.challengeInvalid")


async def testASuspendedAccountCannotFinish(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    challengeId = await challengeOf(client, who.person)
    await server.rows(
        "UPDATE user_account SET status = 'suspended', suspended_at = now() WHERE email = :email",
        email=who.person.email,
    )
    assert codeOf(await answerWith(client, challengeId, who.app.nextCode())) == "auth.challengeInvalid"


async def testAChangedFactorVoidsWhatWasHalfSignedIn(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    async with server.browser() as elsewhere:
        challengeId = await challengeOf(elsewhere, who.person)
        renewed = await client.post("/api/auth/mfa/recovery-codes", headers=who.headers)
        assert renewed.status_code == 200
        assert codeOf(await answerWith(elsewhere, challengeId, who.app.nextCode())) == "auth.challengeInvalid"


async def testARecoveryCodeOpensOnceAndTheOwnerHearsOfIt(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    spelled = who.recoveryCodes[0].upper().replace("-", " ")
    answer = await answerWith(client, await challengeOf(client, who.person), spelled, "recoveryCode")
    assert answer.json()["session"]["authMethods"] == ["password", "recoveryCode"]
    assert answer.json()["user"]["mfa"]["recoveryCodesLeft"] == 9
    await server.runJobs()
    notice = server.mail.to(who.person.email)[-1]
    assert notice.subject == "A recovery code was used"
    assert "Codes left: 9" in notice.text
    assert "Firefox on Linux" in notice.text
    again = await answerWith(client, await challengeOf(client, who.person), who.recoveryCodes[0], "recoveryCode")
    assert codeOf(again) == "auth.secondFactorInvalid"


async def testARecoveryCodeOfAnotherIsNone(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    async with server.browser() as elsewhere:
        other = await guarded(server, elsewhere)
    challengeId = await challengeOf(client, who.person)
    answer = await answerWith(client, challengeId, other.recoveryCodes[0], "recoveryCode")
    assert codeOf(answer) == "auth.secondFactorInvalid"


@pytest.mark.parametrize(
    "proof",
    [
        {"method": "totp"},
        {"method": "passkey"},
        {"method": "passkey", "code": "123456"},
        {"method": "totp", "code": ""},
        {"method": "totp", "code": "493027; DROP"},
        {"method": "sms", "code": "493027"},
        {"method": "recoveryCode", "code": "a" * 65},
    ],
)
async def testAMalformedProofIsRefused(server: AuthServer, client: AsyncClient, proof: dict[str, str]) -> None:
    answer = await client.post("/api/auth/login/second-factor", json={"challengeId": str(generateId()), **proof})
    assert (answer.status_code, codeOf(answer)) == (422, "request.invalid")


# ── Every secret once ────────────────────────────────────────────────────────────────────────────────────────────


async def outcomes(server: AuthServer, attempts: list[tuple[str, str, str]]) -> Counter[int]:
    """Everybody answers at the same moment, each from a browser of their own."""

    async def attempt(challengeId: str, code: str, method: str) -> int:
        async with server.browser() as own:
            return (await answerWith(own, challengeId, code, method)).status_code

    return Counter(await asyncio.gather(*(attempt(*each) for each in attempts)))


@pytest.mark.parametrize("method", ["totp", "recoveryCode"])
async def testOfTwentyEqualAnswersOneWins(server: AuthServer, client: AsyncClient, method: str) -> None:
    who = await guarded(server, client)
    challengeId = await challengeOf(client, who.person)
    code = who.app.nextCode() if method == "totp" else who.recoveryCodes[0]
    seen = await outcomes(server, [(challengeId, code, method)] * EQUAL_REQUESTS)
    assert seen == {200: 1, 401: EQUAL_REQUESTS - 1}


@pytest.mark.parametrize("method", ["totp", "recoveryCode"])
async def testOneCodeOpensOneOfManyChallenges(server: AuthServer, client: AsyncClient, method: str) -> None:
    who = await guarded(server, client)
    challenges = await challengesOf(server, client, who.person, EQUAL_REQUESTS)
    code = who.app.nextCode() if method == "totp" else who.recoveryCodes[0]
    seen = await outcomes(server, [(each, code, method) for each in challenges])
    assert seen == {200: 1, 401: EQUAL_REQUESTS - 1}
    opened = await server.rows(
        "SELECT 1 FROM user_session s JOIN user_account u ON u.id = s.user_id"
        " WHERE u.email = :email AND :method = ANY (s.auth_methods) AND s.ended_at IS NULL AND s.created_at ="
        " (SELECT max(created_at) FROM user_session WHERE user_id = u.id)",
        email=who.person.email,
        method=method,
    )
    assert len(opened) == 1


async def testTheCodeThatConfirmedTheAppIsSpent(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    answer = await answerWith(client, await challengeOf(client, who.person), who.app.code())
    assert codeOf(answer) == "auth.secondFactorInvalid"


async def testAClockThatIsOffByOneStepStillSignsIn(server: AuthServer, client: AsyncClient) -> None:
    for drift in (-STEP, STEP):
        who = await guarded(server, client)
        server.clock.ahead += 2 * STEP
        who.app.drift = drift
        answer = await answerWith(client, await challengeOf(client, who.person), who.app.code())
        assert answer.status_code == 200, drift


async def testAClockThatIsOffByTwoStepsDoesNot(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    server.clock.ahead += 3 * STEP
    challengeId = await challengeOf(client, who.person)
    for drift in (-2 * STEP, 2 * STEP):
        who.app.drift = drift
        assert codeOf(await answerWith(client, challengeId, who.app.code())) == "auth.secondFactorInvalid"


async def testAfterACodeFromAheadNoOlderOneCounts(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    server.clock.ahead += 2 * STEP
    present = who.app.code()
    who.app.drift = STEP
    ahead = who.app.code()
    assert (await answerWith(client, await challengeOf(client, who.person), ahead)).status_code == 200
    answer = await answerWith(client, await challengeOf(client, who.person), present)
    assert codeOf(answer) == "auth.secondFactorInvalid"


async def testEveryStepOfTheDriftIsSpentOnce(server: AuthServer, client: AsyncClient) -> None:
    """The three codes that are good at one moment, each tried many times at once: each opens at most one session."""
    who = await guarded(server, client)
    server.clock.ahead += 3 * STEP
    codes = []
    for drift in (-STEP, timedelta(0), STEP):
        who.app.drift = drift
        codes.append(who.app.code())
    challenges = await challengesOf(server, client, who.person, 21)
    seen = await outcomes(server, [(each, codes[n % 3], "totp") for n, each in enumerate(challenges)])
    assert 1 <= seen[200] <= 3
    assert seen[200] + seen[401] == 21
    row = await totpRow(server, who)
    assert row["failures_in_a_row"] == 0


# ── Guessing ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def totpRow(server: AuthServer, who: Guarded) -> dict[str, object]:
    rows = await server.rows(
        "SELECT t.* FROM user_totp t JOIN user_account u ON u.id = t.user_id WHERE u.email = :email",
        email=who.person.email,
    )
    return dict(rows[0])


async def guess(client: AsyncClient, who: Guarded, challenges: Sequence[str]) -> None:
    for challengeId in challenges:
        answer = await answerWith(client, challengeId, who.app.wrongCode())
        assert codeOf(answer) == "auth.secondFactorInvalid"


async def testAfterAFewWrongCodesEachTryHasToWaitLonger(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    challenges = await challengesOf(server, client, who.person, 12)
    await guess(client, who, challenges[:5])
    waits = []
    for challengeId in challenges[5:9]:
        refused = await answerWith(client, challengeId, who.app.code())
        assert (refused.status_code, codeOf(refused)) == (429, "auth.tooManyAttempts")
        waits.append(int(refused.headers["Retry-After"]))
        server.clock.ahead += timedelta(seconds=waits[-1])
        await guess(client, who, [challengeId])
    assert waits == sorted(set(waits))
    server.clock.ahead += timedelta(minutes=1)
    assert (await answerWith(client, challenges[9], who.app.code())).status_code == 200
    assert (await totpRow(server, who))["failures_in_a_row"] == 0


async def testAHundredWrongCodesInARowEndTheAppNotTheAccount(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    await server.rows(
        "UPDATE user_totp SET failures_in_a_row = 99 FROM user_account u WHERE u.id = user_id AND u.email = :email",
        email=who.person.email,
    )
    await guess(client, who, [await challengeOf(client, who.person)])
    server.clock.ahead += timedelta(days=2)
    challengeId = await challengeOf(client, who.person)
    refused = await answerWith(client, challengeId, who.app.code())
    assert (refused.status_code, codeOf(refused)) == (429, "auth.tooManyAttempts")
    assert (await answerWith(client, challengeId, who.recoveryCodes[0], "recoveryCode")).status_code == 200


async def testManyGuessesAtOnceAreAllCounted(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    challenges = await challengesOf(server, client, who.person, EQUAL_REQUESTS)
    seen = await outcomes(server, [(each, who.app.wrongCode(), "totp") for each in challenges])
    assert seen == {401: 5, 429: EQUAL_REQUESTS - 5}
    assert (await totpRow(server, who))["failures_in_a_row"] == 5


async def testAUsedCodeIsNoGuess(server: AuthServer, client: AsyncClient) -> None:
    """A double click must not make its owner wait."""
    who = await guarded(server, client)
    for challengeId in await challengesOf(server, client, who.person, 8):
        assert codeOf(await answerWith(client, challengeId, who.app.code())) == "auth.secondFactorInvalid"
    assert (await totpRow(server, who))["failures_in_a_row"] == 0


# ── Around it ────────────────────────────────────────────────────────────────────────────────────────────────────


async def testASignInThatRacesAnEnrolmentLeavesNoSessionWithoutTheFactor(
    server: AuthServer, client: AsyncClient
) -> None:
    """Whichever comes first: a session opened by the password alone does not outlive the moment the app counts."""
    person = await server.register(client)
    app = await enroll(server, client, await server.signIn(client, person))
    headers = await csrfHeaders(client)

    async def signIn() -> None:
        async with server.browser() as own:
            await login(own, person)

    await asyncio.gather(
        *(signIn() for _ in range(6)), confirm(client, app.code(), headers), *(signIn() for _ in "six")
    )
    left = await server.rows(
        "SELECT s.auth_methods FROM user_session s JOIN user_account u ON u.id = s.user_id"
        " WHERE u.email = :email AND s.ended_at IS NULL",
        email=person.email,
    )
    assert [row["auth_methods"] for row in left] == [["password", "totp"]]


async def testAHalfSignInIsWrittenDown(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    challengeId = await challengeOf(client, who.person)
    await answerWith(client, challengeId, who.app.nextCode())
    actions = await server.rows(
        "SELECT action FROM audit_event WHERE actor_id = (SELECT id::text FROM user_account WHERE email = :email)"
        " ORDER BY id",
        email=who.person.email,
    )
    assert [row["action"] for row in actions][-2:] == ["auth.secondFactorAsked", "auth.signedIn"]


async def testAnAccountWithoutAFactorSignsInAsBefore(server: AuthServer, client: AsyncClient) -> None:
    person: Person = await server.register(client)
    answer = await login(client, person)
    assert answer.json()["session"]["authMethods"] == ["password"]
    assert answer.json()["user"]["mfa"] == {"totp": False, "passkeys": 0, "recoveryCodesLeft": 0}
    assert client.cookies[COOKIE]
    server.clock.ahead += timedelta(days=29)
    assert (await client.get("/api/auth/me")).status_code == 200


async def testHalfSignInsAreForgotten(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    challengeId = await challengeOf(client, who.person)
    kept = "SELECT id FROM sign_in_challenge WHERE id = CAST(:id AS uuid)"
    server.clock.ahead += timedelta(minutes=14)
    await server.runJobs()
    assert len(await server.rows(kept, id=challengeId)) == 1
    server.clock.ahead += timedelta(minutes=2)
    await server.runJobs()
    assert await server.rows(kept, id=challengeId) == []
