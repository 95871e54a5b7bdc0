"""Passkeys of people: registering, signing in, second factor, step-up, looking after them."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from httpx import AsyncClient
from sqlalchemy import event

from KAuthApp.backend.tests.harness import COOKIE, AuthServer, anEmail, bearer, csrfHeaders, login
from KAuthApp.backend.tests.passkeys import (
    BASE,
    codeOf,
    creationOptions,
    registerPasskey,
    requestOptions,
    signInByPasskey,
    withPasskey,
)
from shared.backend.tests.softwareAuthenticator import Algorithm, Lie, SoftwareAuthenticator
from shared.backend.utils.uuid import generateId
from shared.backend.webAuthn.base64Url import fromBase64Url


async def testTheOptionsAreForThisAccountAndNobodyElse(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    headers = await server.signIn(client, person)
    first, second = await creationOptions(client, headers), await creationOptions(client, headers)
    user = first["user"]
    assert isinstance(user, dict)
    assert (user["name"], user["displayName"]) == (person.email, "Sari Wulandari")
    assert len(fromBase64Url(user["id"])) == 32
    assert second["user"] == user
    assert first["challenge"] != second["challenge"]
    assert first["excludeCredentials"] == []
    async with server.browser() as other:
        stranger = await server.register(other)
        theirs = await creationOptions(other, await server.signIn(other, stranger))
    assert theirs["user"] != user


async def testTheFirstPasskeyBringsRecoveryCodesAndEndsOtherSessions(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with server.browser() as elsewhere:
        await server.signIn(elsewhere, person)
        headers = await server.signIn(client, person)
        before = client.cookies[COOKIE]
        device = SoftwareAuthenticator(isBackupEligible=True, isBackedUp=True, transports=("hybrid", "internal"))
        answer = await registerPasskey(client, headers, device)
        assert answer.status_code == 201, answer.text
        assert (await elsewhere.get("/api/auth/me")).status_code == 401
    shown = answer.json()
    assert len(set(shown["recoveryCodes"])) == 10
    assert (shown["name"], shown["backedUp"], shown["deviceBound"]) == ("My phone", True, False)
    assert shown["transports"] == ["hybrid", "internal"]
    assert client.cookies[COOKIE] != before
    assert (await client.get("/api/auth/me")).json()["mfa"] == {"totp": False, "passkeys": 1, "recoveryCodesLeft": 10}
    client.cookies.set(COOKIE, before)
    assert (await client.get("/api/auth/me")).status_code == 401
    await server.runJobs()
    notice = server.mail.to(person.email)[-1]
    assert "factor" in notice.subject
    assert "My phone" in notice.text


async def testLaterPasskeysBringNoCodesAndAreExcludedFromTheNext(server: AuthServer, client: AsyncClient) -> None:
    device, second = SoftwareAuthenticator(), SoftwareAuthenticator()
    _, headers = await withPasskey(server, client, device)
    options = await creationOptions(client, headers)
    with pytest.raises(ValueError, match="InvalidStateError"):
        device.create(options)
    answer = await registerPasskey(client, headers, second, name=None)
    assert (answer.status_code, answer.json()["recoveryCodes"]) == (201, None)
    assert answer.json()["name"] == "Firefox on Linux"
    listed = (await client.get(BASE)).json()["items"]
    assert [each["name"] for each in listed] == ["My phone", "Firefox on Linux"]
    assert all(each["lastUsedAt"] is None for each in listed)


async def testAPasskeySignsInByItself(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator(keepsCounter=True)
    person, _ = await withPasskey(server, client, device)
    async with server.browser() as browser:
        answer = await signInByPasskey(browser, device)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["status"], body["user"]["email"]) == ("authenticated", person.email)
        assert body["session"]["authMethods"] == ["passkey"]
        assert body["tokens"] is None
        assert "max-age=86400" in answer.headers["set-cookie"].lower()
        assert (await browser.get("/api/auth/me")).status_code == 200
        used = (await browser.get(BASE)).json()["items"][0]
        assert used["lastUsedAt"] is not None
    assert (await login(client, person)).json()["status"] == "secondFactorRequired"


async def testAProgramGetsTokens(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    await withPasskey(server, client, device)
    async with server.browser() as program:
        answer = await signInByPasskey(program, device, kind="api")
        assert "set-cookie" not in answer.headers
        me = await program.get("/api/auth/me", headers=bearer(answer.json()["tokens"]["accessToken"]))
        assert me.status_code == 200


async def testWithoutABodyAnyPasskeyMayBePicked(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    await withPasskey(server, client, device)
    answer = await client.post(f"{BASE}/authentication/options")
    assert (answer.status_code, answer.json()["allowCredentials"]) == (200, [])
    signed = device.get(answer.json())
    assert (await client.post(f"{BASE}/authentication/verify", json=signed)).status_code == 200


TRANSPORTS = {"platform": ("internal",), "usb": ("usb",), "nfc": ("nfc", "usb"), "phone": ("hybrid", "internal")}


@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS)
@pytest.mark.parametrize("isResident", [True, False], ids=["resident", "notResident"])
@pytest.mark.parametrize(("eligible", "backedUp"), [(False, False), (True, False), (True, True)])
async def testEveryKindOfDeviceRegistersAndSignsIn(
    server: AuthServer,
    client: AsyncClient,
    transports: tuple[str, ...],
    isResident: bool,
    eligible: bool,
    backedUp: bool,
) -> None:
    algorithm: Algorithm = "EdDSA" if eligible else "ES256"
    device = SoftwareAuthenticator(algorithm, isResident, True, eligible, backedUp, transports, keepsCounter=backedUp)
    person, _ = await withPasskey(server, client, device)
    shown = (await client.get(BASE)).json()["items"][0]
    assert (shown["backedUp"], shown["deviceBound"], shown["transports"]) == (backedUp, not eligible, list(transports))
    options = await requestOptions(client, email=person.email)
    allowed = options["allowCredentials"]
    assert isinstance(allowed, list)
    assert [each["transports"] for each in allowed] == [list(transports)]
    assert (await signInByPasskey(client, device, email=person.email)).status_code == 200
    if isResident:
        assert (await signInByPasskey(client, device)).status_code == 200


@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS)
@pytest.mark.parametrize("isResident", [True, False], ids=["resident", "notResident"])
async def testADeviceThatVerifiesNobodyIsRefused(
    server: AuthServer, client: AsyncClient, transports: tuple[str, ...], isResident: bool
) -> None:
    person = await server.register(client)
    headers = await server.signIn(client, person)
    device = SoftwareAuthenticator("RS256", isResident, verifiesUser=False, transports=transports)
    answer = await registerPasskey(client, headers, device)
    assert codeOf(answer) == (400, "auth.passkeyRegistrationInvalid")
    assert answer.json()["detail"] == "refused: userNotVerified"


async def testAPasskeyCompletesASignInByPassword(server: AuthServer, client: AsyncClient) -> None:
    device, other = SoftwareAuthenticator(hasResidentKeys=False), SoftwareAuthenticator()
    person, _ = await withPasskey(server, client, device)
    async with server.browser() as browser:
        await withPasskey(server, browser, other)
    begun = (await login(client, person)).json()
    assert begun["methods"] == ["passkey", "recoveryCode"]
    options = await requestOptions(client, challengeId=begun["challengeId"])
    wrong = {"challengeId": begun["challengeId"], "method": "passkey"}
    foreign = other.get({**options, "allowCredentials": []})
    answer = await client.post("/api/auth/login/second-factor", json={**wrong, "assertion": foreign})
    assert codeOf(answer) == (401, "auth.secondFactorInvalid")
    signed = device.get(options)
    elsewhere = await client.post(f"{BASE}/authentication/verify", json=signed)
    assert codeOf(elsewhere) == (401, "auth.challengeInvalid")
    answer = await client.post("/api/auth/login/second-factor", json={**wrong, "assertion": signed})
    assert answer.status_code == 200, answer.text
    assert answer.json()["session"]["authMethods"] == ["password", "passkey"]
    again = await client.post("/api/auth/login/second-factor", json={**wrong, "assertion": signed})
    assert codeOf(again) == (401, "auth.challengeInvalid")
    assert codeOf(await client.post(f"{BASE}/authentication/options", json={"challengeId": begun["challengeId"]})) == (
        401,
        "auth.challengeInvalid",
    )


async def testAPasskeyShowsAgainThatItIsTheSamePerson(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    await withPasskey(server, client, device)
    server.clock.ahead = timedelta(minutes=6)
    headers = await csrfHeaders(client)
    refused = await client.post(f"{BASE}/registration/options", headers=headers)
    assert codeOf(refused) == (401, "auth.reauthenticationRequired")
    assert 'error="insufficient_user_authentication"' in refused.headers["WWW-Authenticate"]
    assert 'max_age="300"' in refused.headers["WWW-Authenticate"]
    options = (await client.post("/api/auth/reauthenticate/options", headers=headers)).json()
    signed = device.get(options)
    assert codeOf(await client.post(f"{BASE}/authentication/verify", json=signed)) == (401, "auth.challengeInvalid")
    answer = await client.post("/api/auth/reauthenticate", json={"assertion": signed}, headers=headers)
    assert answer.status_code == 200, answer.text
    headers = await csrfHeaders(client)
    assert (await client.post(f"{BASE}/registration/options", headers=headers)).status_code == 200
    again = await client.post("/api/auth/reauthenticate", json={"assertion": signed}, headers=headers)
    assert codeOf(again) == (401, "auth.secondFactorInvalid")


async def testAChallengeOfOneSessionIsNoneForAnother(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    await withPasskey(server, client, device)
    async with server.browser() as other:
        await signInByPasskey(other, device)
        theirs = await csrfHeaders(other)
        stepUp = (await other.post("/api/auth/reauthenticate/options", headers=theirs)).json()
        made = SoftwareAuthenticator().create(await creationOptions(other, theirs))
    mine = await csrfHeaders(client)
    answer = await client.post("/api/auth/reauthenticate", json={"assertion": device.get(stepUp)}, headers=mine)
    assert codeOf(answer) == (401, "auth.secondFactorInvalid")
    answer = await client.post(f"{BASE}/registration/verify", json=made, headers=mine)
    assert codeOf(answer) == (400, "auth.passkeyRegistrationInvalid")


async def testACounterThatWentBackIsRefusedMarkedAndToldOf(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator(keepsCounter=True)
    person, _ = await withPasskey(server, client, device)
    assert (await signInByPasskey(client, device, Lie(signCount=40))).status_code == 200
    async with server.browser() as thief:
        for copied in (40, 39, 0):
            answer = await signInByPasskey(thief, device, Lie(signCount=copied))
            assert codeOf(answer) == (401, "auth.passkeyInvalid")
            assert COOKIE not in thief.cookies
    shown = (await client.get(BASE)).json()["items"][0]
    assert shown["counterRegressedAt"] is not None
    rows = await server.rows(
        "SELECT count(*) AS events, min(after_state::text) AS after FROM audit_event"
        " WHERE action = 'auth.passkeyCounterWentBack' AND target_id = :id",
        id=shown["id"],
    )
    assert rows[0]["events"] == 3
    await server.runJobs()
    notices = [mail for mail in server.mail.to(person.email) if "copied" in mail.subject]
    assert len(notices) == 3
    assert "My phone" in notices[0].text
    assert (await signInByPasskey(client, device, Lie(signCount=41))).status_code == 200


async def testACopyIsNoticedAsASecondFactorToo(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator(keepsCounter=True)
    person, _ = await withPasskey(server, client, device)
    begun = (await login(client, person)).json()
    options = await requestOptions(client, challengeId=begun["challengeId"])
    proof = {"challengeId": begun["challengeId"], "method": "passkey"}
    copied = device.get(options, Lie(signCount=1))
    answer = await client.post("/api/auth/login/second-factor", json={**proof, "assertion": copied})
    assert codeOf(answer) == (401, "auth.secondFactorInvalid")
    rows = await server.rows(
        "SELECT counter_regressed_at IS NOT NULL AS marked FROM user_passkey p"
        " JOIN user_account u ON u.id = p.user_id WHERE u.email = :email",
        email=person.email,
    )
    assert [row["marked"] for row in rows] == [True]


async def testRenamingAndRemoving(server: AuthServer, client: AsyncClient) -> None:
    device, second = SoftwareAuthenticator(), SoftwareAuthenticator()
    person, headers = await withPasskey(server, client, device)
    await registerPasskey(client, headers, second, "Key ring")
    headers = await csrfHeaders(client)
    first, keyRing = (await client.get(BASE)).json()["items"]
    assert (await client.get(f"{BASE}/{keyRing['id']}")).json() == keyRing
    renamed = await client.patch(f"{BASE}/{first['id']}", json={"name": "  Work phone "}, headers=headers)
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Work phone")
    for bad in ("", "   ", "x" * 101, "line\nbreak"):
        assert (await client.patch(f"{BASE}/{first['id']}", json={"name": bad}, headers=headers)).status_code == 422
    async with server.browser() as elsewhere:
        await server.signIn(elsewhere, await server.register(elsewhere))
        assert codeOf(await elsewhere.get(f"{BASE}/{first['id']}")) == (404, "auth.passkeyNotFound")
    async with server.browser() as elsewhere:
        assert (await signInByPasskey(elsewhere, device)).status_code == 200
        assert (await client.delete(f"{BASE}/{first['id']}", headers=headers)).status_code == 204
        assert (await elsewhere.get("/api/auth/me")).status_code == 401
        assert codeOf(await signInByPasskey(elsewhere, device)) == (401, "auth.passkeyInvalid")
    assert (await client.get("/api/auth/me")).json()["mfa"]["recoveryCodesLeft"] == 10
    headers = await csrfHeaders(client)
    assert codeOf(await client.delete(f"{BASE}/{first['id']}", headers=headers)) == (404, "auth.passkeyNotFound")
    assert (await client.delete(f"{BASE}/{keyRing['id']}", headers=headers)).status_code == 204
    assert (await client.get("/api/auth/me")).json()["mfa"] == {"totp": False, "passkeys": 0, "recoveryCodesLeft": 0}
    await server.runJobs()
    removals = [mail.text for mail in server.mail.to(person.email) if "removed" in mail.subject]
    assert ["Work phone" in removals[0], "Key ring" in removals[1]] == [True, True]
    assert (await login(client, person)).json()["status"] == "authenticated"


async def testNobodyTouchesAStrangersPasskey(server: AuthServer, client: AsyncClient) -> None:
    await withPasskey(server, client, SoftwareAuthenticator())
    mine = (await client.get(BASE)).json()["items"][0]["id"]
    async with server.browser() as other:
        _, theirs = await withPasskey(server, other, SoftwareAuthenticator())
        for passkeyId in (mine, str(generateId())):
            patched = await other.patch(f"{BASE}/{passkeyId}", json={"name": "Mine"}, headers=theirs)
            deleted = await other.delete(f"{BASE}/{passkeyId}", headers=theirs)
            assert [codeOf(patched), codeOf(deleted)] == [(404, "auth.passkeyNotFound")] * 2
    assert (await client.get(BASE)).json()["items"][0]["name"] == "My phone"


async def testWhatNeedsAFreshSignInSaysSo(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    _, headers = await withPasskey(server, client, device)
    passkeyId = (await client.get(BASE)).json()["items"][0]["id"]
    made = SoftwareAuthenticator().create(await creationOptions(client, headers))
    server.clock.ahead = timedelta(minutes=5, seconds=1)
    stale = [
        await client.post(f"{BASE}/registration/options", headers=headers),
        await client.post(f"{BASE}/registration/verify", json=made, headers=headers),
        await client.delete(f"{BASE}/{passkeyId}", headers=headers),
    ]
    assert [codeOf(answer) for answer in stale] == [(401, "auth.reauthenticationRequired")] * 3
    assert (await client.patch(f"{BASE}/{passkeyId}", json={"name": "Later"}, headers=headers)).status_code == 200
    assert len((await client.get(BASE)).json()["items"]) == 1


async def testThereIsRoomForTwenty(server: AuthServer, client: AsyncClient) -> None:
    person, headers = await withPasskey(server, client, SoftwareAuthenticator())
    waiting = SoftwareAuthenticator().create(await creationOptions(client, headers))
    await server.rows(
        "INSERT INTO user_passkey (id, user_id, credential_id, public_key, sign_count, aaguid, transports,"
        " is_backup_eligible, is_backed_up, name, created_at)"
        " SELECT gen_random_uuid(), u.id, decode(md5(u.id::text || n), 'hex'), ''::bytea, 0, gen_random_uuid(), '{}',"
        " false, false, 'Old', now() FROM user_account u, generate_series(1, 19) n WHERE u.email = :email",
        email=person.email,
    )
    refused = [
        await client.post(f"{BASE}/registration/options", headers=headers),
        await client.post(f"{BASE}/registration/verify", json=waiting, headers=headers),
    ]
    assert [codeOf(answer) for answer in refused] == [(409, "auth.tooManyPasskeys")] * 2


async def testASuspendedPersonsPasskeyIsRefusedLikeAnUnknownOne(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    person, _ = await withPasskey(server, client, device)
    await server.rows(
        "UPDATE user_account SET status = 'suspended', suspended_at = now() WHERE email = :email", email=person.email
    )
    suspended = await signInByPasskey(client, device)
    nobody = SoftwareAuthenticator()
    nobody.credentials.append(device.credentials[0])
    nobody.credentials[0].id = b"a credential that nobody has"
    unknown = await signInByPasskey(client, nobody)
    assert codeOf(suspended) == codeOf(unknown) == (401, "auth.passkeyInvalid")
    assert suspended.json()["detail"] == unknown.json()["detail"]


async def testDecoysLookLikePasskeysAndStayTheSame(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    person, _ = await withPasskey(server, client, device)
    withoutPasskeys = await server.register(client)
    unknown = anEmail()
    offers = {}
    for email in (person.email, withoutPasskeys.email, unknown):
        first, second = await requestOptions(client, email=email), await requestOptions(client, email=email.upper())
        assert first["allowCredentials"] == second["allowCredentials"]
        assert first["challenge"] != second["challenge"]
        offers[email] = first
    assert len({str(offer["allowCredentials"]) for offer in offers.values()}) == 3
    for offer in offers.values():
        assert offer.keys() == offers[unknown].keys()
        allowed = offer["allowCredentials"]
        assert isinstance(allowed, list)
        assert all(set(each) == {"id", "type", "transports"} for each in allowed)
        assert 1 <= len(allowed) <= 2


async def testAnUnknownAddressCostsTheSameStatements(server: AuthServer, client: AsyncClient) -> None:
    person, _ = await withPasskey(server, client, SoftwareAuthenticator())
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement.split(" VALUES ")[0])

    engine = server.resources.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        runs = []
        for email in (person.email, anEmail()):
            seen.clear()
            await requestOptions(client, email=email)
            runs.append(list(seen))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert runs[0] == runs[1]
    assert len(runs[0]) == 2


async def testEachChangeIsOneAuditEventWithoutNames(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    person, headers = await withPasskey(server, client, device)
    passkeyId = (await client.get(BASE)).json()["items"][0]["id"]
    await client.patch(f"{BASE}/{passkeyId}", json={"name": "Sari's own"}, headers=headers)
    await signInByPasskey(client, device)
    headers = await csrfHeaders(client)
    await client.delete(f"{BASE}/{passkeyId}", headers=headers)
    rows = await server.rows(
        "SELECT action, target_kind, target_id, concat(before_state, after_state) AS facts FROM audit_event"
        " WHERE actor_id = (SELECT id::text FROM user_account WHERE email = :email) ORDER BY seq",
        email=person.email,
    )
    actions = [row["action"] for row in rows]
    assert actions[-4:] == ["auth.passkeyAdded", "auth.passkeyRenamed", "auth.signedIn", "auth.passkeyRemoved"]
    assert [passkeyId in f"{row['target_id']} {row['facts']}" for row in rows[-4:]] == [True, True, False, True]
    assert not any("Sari" in str(row["facts"]) or "phone" in str(row["facts"]) for row in rows)


async def testOfTwentyEqualSignInsOneWins(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    await withPasskey(server, client, device)
    for _ in range(5):
        signed = device.get(await requestOptions(client))
        answers = await asyncio.gather(*(client.post(f"{BASE}/authentication/verify", json=signed) for _ in range(20)))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 19}
        refused = {codeOf(answer) for answer in answers if answer.status_code != 200}
        assert refused == {(401, "auth.challengeInvalid")}


async def testOfTwentyEqualRegistrationsOneWins(server: AuthServer, client: AsyncClient) -> None:
    for _ in range(3):
        person = await server.register(client)
        headers = await server.signIn(client, person)
        made = SoftwareAuthenticator().create(await creationOptions(client, headers))
        answers = await asyncio.gather(
            *(client.post(f"{BASE}/registration/verify", json=made, headers=headers) for _ in range(20))
        )
        statuses = Counter(answer.status_code for answer in answers)
        assert statuses[201] == 1
        assert set(statuses) <= {201, 400, 401}
        rows = await server.rows(
            "SELECT 1 FROM user_passkey p JOIN user_account u ON u.id = p.user_id WHERE u.email = :email",
            email=person.email,
        )
        assert len(rows) == 1
        client.cookies.clear()


async def testOfTwentyEqualSecondFactorsOneWins(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    person, _ = await withPasskey(server, client, device)
    begun = (await login(client, person)).json()
    signed = device.get(await requestOptions(client, challengeId=begun["challengeId"]))
    proof = {"challengeId": begun["challengeId"], "method": "passkey", "assertion": signed}
    answers = await asyncio.gather(*(client.post("/api/auth/login/second-factor", json=proof) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 19}


async def testACredentialBelongsToOneAccountEvenAtTheSameMoment(server: AuthServer, client: AsyncClient) -> None:
    async with server.browser() as other:
        waiting = []
        for browser in (client, other):
            headers = await server.signIn(browser, await server.register(browser))
            options = await creationOptions(browser, headers)
            made = SoftwareAuthenticator().create(options, credentialId=b"the same credential id")
            waiting.append(browser.post(f"{BASE}/registration/verify", json=made, headers=headers))
        answers = await asyncio.gather(*waiting)
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "auth.passkeyTaken"
