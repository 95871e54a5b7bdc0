from __future__ import annotations

import asyncio
import base64
import hashlib
from collections import Counter
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from httpx import AsyncClient

from KAuthApp.backend.tests.factors import (
    STEP,
    Authenticator,
    answerWith,
    challengeOf,
    codeOf,
    confirm,
    enroll,
    guarded,
)
from KAuthApp.backend.tests.harness import COOKIE, AuthServer, Person, bearer, csrfHeaders, login
from KAuthApp.backend.tests.passkeys import registerPasskey
from KAuthApp.backend.tests.testReauthentication import cutOff
from shared.backend.tests.softwareAuthenticator import SoftwareAuthenticator


async def testAnAppIsToldItsSecretInThreeForms(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    answer = (await client.post("/api/auth/mfa/totp/enroll", headers=await server.signIn(client, person))).json()
    assert len(base64.b32decode(answer["secret"])) == 20
    uri = urlsplit(answer["otpauthUri"])
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", f"/K:{person.email}")
    assert parse_qs(uri.query) == {"secret": [answer["secret"]], "issuer": ["K"]}
    assert answer["qrSvg"].startswith("<svg")
    assert "<script" not in answer["qrSvg"]


async def testAProposalCountsForNothing(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await enroll(server, client, await server.signIn(client, person))
    assert (await login(client, person)).json()["status"] == "authenticated"
    assert (await client.get("/api/auth/me")).json()["mfa"]["totp"] is False


async def testAskingAgainReplacesTheProposal(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    headers = await server.signIn(client, person)
    first, second = await enroll(server, client, headers), await enroll(server, client, headers)
    assert first.secret != second.secret
    refused = await confirm(client, first.code(), headers)
    assert (refused.status_code, codeOf(refused)) == (400, "auth.codeInvalid")
    assert (await confirm(client, second.code(), headers)).status_code == 200


async def testConfirmingGivesTenCodesThatAreShownOnce(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    assert len(set(who.recoveryCodes)) == 10
    assert all(len(code.replace("-", "")) == 24 for code in who.recoveryCodes)
    kept = await server.rows(
        "SELECT r.code_hash FROM user_recovery_code r JOIN user_account u ON u.id = r.user_id WHERE u.email = :email",
        email=who.person.email,
    )
    assert len(kept) == 10
    row = await rowOf(server, who.person.email)
    everything = str(kept) + str(row) + str(await server.rows("SELECT * FROM audit_event"))
    for secret in (*who.recoveryCodes, who.app.secret):
        assert secret not in everything
        assert hashlib.sha256(secret.encode()).hexdigest() not in everything


async def rowOf(server: AuthServer, email: str) -> dict[str, object]:
    rows = await server.rows(
        "SELECT t.* FROM user_totp t JOIN user_account u ON u.id = t.user_id WHERE u.email = :email", email=email
    )
    return dict(rows[0])


async def addPasskeyOf(server: AuthServer, person: Person) -> None:
    await server.rows(
        "INSERT INTO user_passkey (id, user_id, credential_id, public_key, sign_count, aaguid, transports,"
        " is_backup_eligible, is_backed_up, name, created_at)"
        " SELECT gen_random_uuid(), id, decode(md5(email), 'hex'), 'key', 0, gen_random_uuid(), '{}', false,"
        " false, 'a key', now() FROM user_account WHERE email = :email",
        email=person.email,
    )


async def codeHashesOf(server: AuthServer, person: Person) -> set[str]:
    rows = await server.rows(
        "SELECT r.code_hash FROM user_recovery_code r JOIN user_account u ON u.id = r.user_id WHERE u.email = :email",
        email=person.email,
    )
    return {str(row["code_hash"]) for row in rows}


async def testAnAppBringsTenCodesAlsoWhereThereWereSomeAndItsOwnerIsTold(
    server: AuthServer, client: AsyncClient
) -> None:
    person = await server.register(client)
    headers = await server.signIn(client, person)
    await addPasskeyOf(server, person)
    before = (await client.post("/api/auth/mfa/recovery-codes", headers=headers)).json()["recoveryCodes"]
    headers = await csrfHeaders(client)
    hashes = await codeHashesOf(server, person)

    answer = await confirm(client, (await enroll(server, client, headers)).code(), headers)

    assert (answer.status_code, len(set(answer.json()["recoveryCodes"]))) == (200, 10)
    after = await codeHashesOf(server, person)
    assert (len(after), after & hashes) == (10, set())
    assert codeOf(await answerWith(client, await challengeOf(client, person), before[0], "recoveryCode")) == (
        "auth.secondFactorInvalid"
    )
    signedIn = await answerWith(
        client, await challengeOf(client, person), answer.json()["recoveryCodes"][0], "recoveryCode"
    )
    assert signedIn.status_code == 200, signedIn.text
    await server.runJobs()
    added = next(mail for mail in server.mail.to(person.email) if mail.subject.startswith("A second factor was added"))
    assert "recovery codes" in added.text


@pytest.mark.parametrize("how", ["totp", "renewal", "passkey"])
async def testCodesAreNotLostWhileRedisIsAway(
    server: AuthServer, client: AsyncClient, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The refusal says that the end of other sessions is still being told, and shows what is shown this once."""
    person = await server.register(client)
    headers = await server.signIn(client, person)
    app = await enroll(server, client, headers)
    if how == "renewal":
        await addPasskeyOf(server, person)
    with monkeypatch.context() as away:
        cutOff(away)
        match how:
            case "totp":
                answer = await confirm(client, app.code(), headers)
            case "renewal":
                answer = await client.post("/api/auth/mfa/recovery-codes", headers=headers)
            case _:
                answer = await registerPasskey(client, headers, SoftwareAuthenticator())
    assert (answer.status_code, codeOf(answer)) == (503, "auth.revocationPending"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    codes = answer.json()["recoveryCodes"]
    assert len(set(codes)) == 10
    await asyncio.sleep(1.1)  # for so long Redis is left alone after a failure
    answered = await answerWith(client, await challengeOf(client, person), codes[0], "recoveryCode")
    assert answered.status_code == 200, answered.text


async def testOfTwentyEqualConfirmationsOneWins(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    app = await enroll(server, client, await server.signIn(client, person))
    headers = bearer((await login(client, person, "api")).json()["tokens"]["accessToken"])
    client.cookies.clear()
    code = app.code()
    answers = await asyncio.gather(*(confirm(client, code, headers) for _ in range(20)))
    seen = Counter(answer.status_code for answer in answers)
    assert seen == {200: 1, 409: 19}
    winner = next(answer for answer in answers if answer.status_code == 200)
    left = await server.rows(
        "SELECT count(*) AS codes FROM user_recovery_code r JOIN user_account u ON u.id = r.user_id"
        " WHERE u.email = :email",
        email=person.email,
    )
    assert (len(winner.json()["recoveryCodes"]), left[0]["codes"]) == (10, 10)


async def testAnAppThatIsOnIsNotReplaced(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    answer = await client.post("/api/auth/mfa/totp/enroll", headers=who.headers)
    assert (answer.status_code, codeOf(answer)) == (409, "auth.totpAlreadyOn")
    answer = await confirm(client, who.app.nextCode(), who.headers)
    assert (answer.status_code, codeOf(answer)) == (409, "auth.totpAlreadyOn")


async def testWithoutAProposalThereIsNothingToConfirm(server: AuthServer, client: AsyncClient) -> None:
    headers = await server.signIn(client, await server.register(client))
    assert codeOf(await confirm(client, "493027", headers)) == "auth.totpNotFound"
    assert (await client.delete("/api/auth/mfa/totp", headers=headers)).status_code == 404


@pytest.mark.parametrize("code", ["49302", "4930277", "abcdef", "٤٩٣٠٢٧", "", "493027\x00"])
async def testWhatIsNoCodeIsMalformed(server: AuthServer, client: AsyncClient, code: str) -> None:
    headers = await server.signIn(client, await server.register(client))
    assert (await confirm(client, code, headers)).status_code == 422


async def testACodeMayBeTypedWithASpace(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    headers = await server.signIn(client, person)
    app = await enroll(server, client, headers)
    code = app.code()
    assert (await confirm(client, f"{code[:3]} {code[3:]}", headers)).status_code == 200


async def testRemovingTheLastFactorTakesTheCodesToo(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    assert (await client.delete("/api/auth/mfa/totp", headers=who.headers)).status_code == 204
    mfa = (await client.get("/api/auth/me")).json()["mfa"]
    assert mfa == {"totp": False, "passkeys": 0, "recoveryCodesLeft": 0}
    assert (await login(client, who.person)).json()["status"] == "authenticated"
    refused = await client.post("/api/auth/mfa/recovery-codes", headers=await csrfHeaders(client))
    assert (refused.status_code, codeOf(refused)) == (409, "auth.noSecondFactor")


async def testRenewedCodesReplaceThoseBefore(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    answer = await client.post("/api/auth/mfa/recovery-codes", headers=who.headers)
    renewed = answer.json()["recoveryCodes"]
    assert len(set(renewed) - set(who.recoveryCodes)) == 10
    challengeId = await challengeOf(client, who.person)
    assert codeOf(await answerWith(client, challengeId, who.recoveryCodes[0], "recoveryCode")) == (
        "auth.secondFactorInvalid"
    )
    assert (await answerWith(client, challengeId, renewed[0], "recoveryCode")).status_code == 200


# ── What every change of a factor brings along ───────────────────────────────────────────────────────────────────


async def change(server: AuthServer, client: AsyncClient, what: str) -> tuple[str, str, int]:
    """Change a factor in `client`, with another browser signed in; the person, the notice, the other's answer."""
    isAdding = what == "added"
    if isAdding:
        person = await server.register(client)
        app = await enroll(server, client, await server.signIn(client, person))
    else:
        who = await guarded(server, client)
        person, app = who.person, who.app
    headers = await csrfHeaders(client)
    async with server.browser() as other:
        await signInFully(other, app, person.email, isAdding)
        assert (await other.get("/api/auth/me")).status_code == 200
        answers = {
            "added": lambda: confirm(client, app.code(), headers),
            "removed": lambda: client.delete("/api/auth/mfa/totp", headers=headers),
            "renewed": lambda: client.post("/api/auth/mfa/recovery-codes", headers=headers),
        }
        assert (await answers[what]()).status_code in {200, 204}
        left = (await other.get("/api/auth/me")).status_code
    await server.runJobs()
    return person.email, server.mail.to(person.email)[-1].text, left


async def signInFully(client: AsyncClient, app: Authenticator, email: str, isPasswordEnough: bool) -> None:
    if isPasswordEnough:
        await login(client, Person(email))
        return
    answer = await answerWith(client, await challengeOf(client, Person(email)), app.nextCode())
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("added", "An authenticator app was added to your account"),
        ("removed", "An authenticator app was removed from your account"),
        ("renewed", "New recovery codes were made for your account"),
    ],
)
async def testOtherSessionsEndAndTheOwnerIsTold(server: AuthServer, client: AsyncClient, what: str, told: str) -> None:
    secretBefore = client.cookies.get(COOKIE)
    email, notice, other = await change(server, client, what)
    assert other == 401
    assert told in notice
    assert "Firefox on Linux" in notice
    assert (await client.get("/api/auth/me")).status_code == 200
    assert client.cookies[COOKIE] != secretBefore
    reasons = await server.rows(
        "SELECT DISTINCT end_reason FROM user_session s JOIN user_account u ON u.id = s.user_id"
        " WHERE u.email = :email AND s.ended_at IS NOT NULL",
        email=email,
    )
    assert "factorChanged" in {row["end_reason"] for row in reasons}


async def testTheSecretOfTheSessionChangesWithAFactor(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    app = await enroll(server, client, await server.signIn(client, person))
    old, headers = client.cookies[COOKIE], await csrfHeaders(client)
    await confirm(client, app.code(), headers)
    async with server.browser() as thief:
        thief.cookies.set(COOKIE, old)
        assert (await thief.get("/api/auth/me")).status_code == 401
    session = (await client.get("/api/auth/sessions")).json()["items"][0]
    assert session["authMethods"] == ["password", "totp"]


async def testASessionThatGetsASecondFactorLivesAsShortAsOne(server: AuthServer, client: AsyncClient) -> None:
    await guarded(server, client)
    server.clock.ahead += timedelta(hours=1, minutes=2)
    assert (await client.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/auth/mfa/totp/enroll"),
        ("POST", "/api/auth/mfa/totp/confirm"),
        ("DELETE", "/api/auth/mfa/totp"),
        ("POST", "/api/auth/mfa/recovery-codes"),
    ],
)
async def testAFactorIsChangedOnlyByAFreshSignIn(
    server: AuthServer, client: AsyncClient, method: str, path: str
) -> None:
    who = await guarded(server, client)
    server.clock.ahead += timedelta(minutes=5, seconds=2)
    body = {"code": who.app.code()} if path.endswith("confirm") else None
    answer = await client.request(method, path, headers=who.headers, json=body)
    assert (answer.status_code, codeOf(answer)) == (401, "auth.reauthenticationRequired")
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith('Session error="insufficient_user_authentication"')
    assert 'max_age="300"' in challenge
    assert (await client.get("/api/auth/me")).json()["mfa"]["totp"] is True


async def testWithoutTheKeyOfItsPersonTheAppCountsForNothing(server: AuthServer, client: AsyncClient) -> None:
    """The secret is sealed with the person's own key; without that row it opens for nobody."""
    who = await guarded(server, client)
    server.clock.ahead += STEP
    await server.rows(
        "DELETE FROM user_key USING user_account u WHERE u.id = user_id AND u.email = :email", email=who.person.email
    )
    challengeId = await challengeOf(client, who.person)
    assert codeOf(await answerWith(client, challengeId, who.app.code())) == "auth.secondFactorInvalid"
