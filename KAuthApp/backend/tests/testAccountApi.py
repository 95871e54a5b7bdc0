from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from httpx import AsyncClient

from KAuthApp.backend.tests.harness import (
    NEW_PASSWORD,
    PASSWORD,
    AuthServer,
    Person,
    anEmail,
    codeIn,
    login,
)


async def testAPersonRegistersConfirmsAndSignsIn(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    answer = await login(client, person)
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "authenticated"
    assert body["user"]["email"] == person.email
    assert body["user"]["emailVerified"] is True
    assert body["session"]["current"] is True
    assert body["tokens"] is None
    me = await client.get("/api/auth/me")
    assert me.status_code == 200
    assert me.json()["mfa"] == {"totp": False, "passkeys": 0, "recoveryCodesLeft": 0}
    assert me.json()["createdAt"].endswith("Z")
    assert me.headers["Cache-Control"] == "no-store"


async def testTheAddressIsOneWhateverItsCase(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    shouting = Person(person.email.upper())
    assert (await login(client, shouting)).status_code == 200


async def testAKnownAddressIsToldByMailAndNotByTheAnswer(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    before = len(server.mail.to(person.email))
    body = {"email": person.email, "password": NEW_PASSWORD}
    answer = await client.post("/api/auth/register", json=body)
    assert (answer.status_code, answer.json()) == (202, {"status": "verificationSent"})
    await server.runJobs()
    notice = server.mail.to(person.email)[before:]
    assert [message.subject for message in notice] == ["You already have an account"]
    assert (await login(client, person)).status_code == 200
    unproven = await login(client, Person(person.email, NEW_PASSWORD))
    assert (unproven.status_code, unproven.json()["code"]) == (403, "auth.emailNotVerified")


async def testTheOwnerOfAnAddressThatTwoRegisteredChoosesThePassword(server: AuthServer, client: AsyncClient) -> None:
    squatter, owner = Person(anEmail(), "the squatter's own sentence"), Person("", PASSWORD)
    owner.email = squatter.email
    for person in (squatter, owner):
        body = {"email": person.email, "password": person.password}
        assert (await client.post("/api/auth/register", json=body)).status_code == 202
    code = await server.lastCode(owner.email)
    proof = {"email": owner.email, "code": code}
    for _ in range(2):
        unsaid = await client.post("/api/auth/verify-email", json=proof)
        assert (unsaid.status_code, unsaid.json()["code"]) == (403, "auth.passwordRequired")
    weak = await client.post("/api/auth/verify-email", json={**proof, "password": "passwordpassword"})
    assert (weak.status_code, weak.json()["code"]) == (422, "auth.passwordCompromised")
    proven = await client.post("/api/auth/verify-email", json={**proof, "password": NEW_PASSWORD})
    assert proven.json() == {"status": "verified"}
    assert (await login(client, Person(owner.email, NEW_PASSWORD))).status_code == 200
    for person in (owner, squatter):
        assert (await login(client, person)).status_code == 401


async def testRegisteringTwiceWithOnePasswordAsksForNothingMore(server: AuthServer, client: AsyncClient) -> None:
    person = Person(anEmail())
    for _ in range(2):
        body = {"email": person.email, "password": person.password}
        assert (await client.post("/api/auth/register", json=body)).status_code == 202
    proof = {"email": person.email, "code": await server.lastCode(person.email)}
    assert (await client.post("/api/auth/verify-email", json=proof)).status_code == 200
    assert (await login(client, person)).status_code == 200


async def testTheRightPasswordWithoutProofIsTold(server: AuthServer, client: AsyncClient) -> None:
    person = Person(anEmail())
    await client.post("/api/auth/register", json={"email": person.email, "password": person.password})
    answer = await login(client, person)
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.emailNotVerified")
    wrong = await login(client, Person(person.email, NEW_PASSWORD))
    assert (wrong.status_code, wrong.json()["code"]) == (401, "auth.invalidCredentials")


async def testOfTwentyEqualProofsOneWins(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    code = await server.lastCode(email)
    proof = {"email": email, "code": code}
    answers = await asyncio.gather(*[client.post("/api/auth/verify-email", json=proof) for _ in range(20)])
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
    assert {answer.json().get("code") for answer in answers} == {None, "auth.codeInvalid"}
    events = await server.rows(
        "SELECT a.action FROM audit_event a JOIN user_account u ON a.target_id = u.id::text WHERE u.email = :email",
        email=email,
    )
    assert [row["action"] for row in events].count("auth.emailVerified") == 1


async def testFiveWrongTriesVoidTheCodeAndAnotherIsSent(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    code = await server.lastCode(email)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    tries = [await client.post("/api/auth/verify-email", json={"email": email, "code": wrong}) for _ in range(5)]
    assert {answer.status_code for answer in tries} == {400}
    late = await client.post("/api/auth/verify-email", json={"email": email, "code": code})
    assert (late.status_code, late.json()["code"]) == (400, "auth.codeInvalid")
    assert (await client.post("/api/auth/verify-email/resend", json={"email": email})).status_code == 202
    another = await server.lastCode(email)
    proof = await client.post("/api/auth/verify-email", json={"email": email, "code": another})
    assert proof.status_code == 200


async def testWrongTriesInParallelAreAllCounted(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    code = await server.lastCode(email)
    wrong = {"email": email, "code": f"{(int(code) + 1) % 1_000_000:06d}"}
    await asyncio.gather(*[client.post("/api/auth/verify-email", json=wrong) for _ in range(20)])
    rows = await server.rows(
        "SELECT c.failed_tries FROM one_time_code c JOIN user_account u ON u.id = c.user_id WHERE u.email = :email",
        email=email,
    )
    assert [row["failed_tries"] for row in rows] == [5]


async def testAnExpiredCodeIsRefused(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    code = await server.lastCode(email)
    server.clock.ahead = timedelta(minutes=16)
    answer = await client.post("/api/auth/verify-email", json={"email": email, "code": code})
    assert (answer.status_code, answer.json()["code"]) == (400, "auth.codeInvalid")


async def testACodeIsNowhereInTheDatabase(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    code = await server.lastCode(email)
    rows = await server.rows("SELECT to_jsonb(c)::text AS row FROM one_time_code c")
    rows = [*rows, *await server.rows("SELECT payload::text AS row FROM outbox_message")]
    assert rows
    assert not any(f'"{code}"' in str(row["row"]) or email in str(row["row"]) for row in rows)


async def testMailThatIsNotTakenIsSentLaterWithACodeThatWorks(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    server.mail.failures = 1
    await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    await server.runJobs()
    assert server.mail.to(email) == []
    server.clock.ahead = timedelta(seconds=30)
    code = await server.lastCode(email)
    answer = await client.post("/api/auth/verify-email", json={"email": email, "code": code})
    assert answer.status_code == 200


async def testAMailboxIsNotFlooded(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    for _ in range(105):
        await client.post("/api/auth/verify-email/resend", json={"email": email})
    await server.runJobs()
    assert len(server.mail.to(email)) == server.settings.authCodesAnHour


async def testOpeningAMailedLinkSpendsNothing(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    code = await server.lastCode(email)
    for method in ("GET", "HEAD"):
        opened = await client.request(method, "/api/auth/verify-email", params={"email": email, "code": code})
        assert opened.status_code == 405
    proof = await client.post("/api/auth/verify-email", json={"email": email, "code": code})
    assert proof.status_code == 200


async def testMailsSpeakThePersonsLanguage(server: AuthServer, client: AsyncClient) -> None:
    email = f"orang-{anEmail()}"
    body = {"email": email, "password": PASSWORD, "locale": "id", "fullName": "Budi <b> 123456"}
    await client.post("/api/auth/register", json=body)
    await server.runJobs()
    message = server.mail.to(email)[-1]
    assert message.subject == "Konfirmasi alamat email Anda"
    assert codeIn(message) in message.html
    assert "Budi" not in message.html + message.text, "whoever registered may be a stranger to this address"
    assert "/auth/verify?email=" in message.text
    assert "<style" not in message.text


async def testANameInAMailIsTextAndNoMarkup(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await client.patch("/api/auth/me", json={"fullName": "Budi <b> 123456"}, headers=csrf)
    await client.post("/api/auth/password/forgot", json={"email": person.email})
    await server.runJobs()
    assert "Budi &lt;b&gt; 123456" in server.mail.to(person.email)[-1].html


async def testThePersonChangesNameAndLanguage(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    answer = await client.patch("/api/auth/me", json={"fullName": " Sari W. ", "locale": "id"}, headers=csrf)
    assert (answer.status_code, answer.json()["fullName"], answer.json()["locale"]) == (200, "Sari W.", "id")
    answer = await client.patch("/api/auth/me", json={"fullName": None}, headers=csrf)
    assert answer.json()["fullName"] == "Sari W."
    answer = await client.patch("/api/auth/me", json={"fullName": ""}, headers=csrf)
    assert answer.json()["fullName"] is None
    assert (await client.get("/api/auth/me")).json() == answer.json()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "x@nodot"}, "email"),
        ({"fullName": "a\x00b"}, "fullName"),
        ({"fullName": "n" * 201}, "fullName"),
        ({"locale": "fr"}, "locale"),
        ({"password": ""}, "password"),
        ({"password": "p" * 2000}, "password"),
        ({"isAdmin": True}, "isAdmin"),
        ({"roles": ["admin"]}, "roles"),
    ],
)
async def testAMalformedRegistrationIsRefusedByField(
    client: AsyncClient, change: dict[str, object], field: str
) -> None:
    body = {"email": anEmail(), "password": PASSWORD, **change}
    answer = await client.post("/api/auth/register", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("fourteen chars", "auth.passwordTooShort"),
        ("q" * 129, "auth.passwordTooLong"),
        ("passwordpassword", "auth.passwordCompromised"),
        ("wulandari-wulandari", "auth.passwordCompromised"),
    ],
)
async def testAWeakPasswordIsRefusedWithTheReason(client: AsyncClient, password: str, code: str) -> None:
    body = {"email": anEmail(), "password": password, "fullName": "Sari Wulandari"}
    answer = await client.post("/api/auth/register", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert password not in answer.text


@pytest.mark.parametrize(
    "raw", [b'{"email":"\\ud800@example.com","password":"x"}', b'{"email":1}', b"[]", b"\xff", b""]
)
async def testBrokenJsonIsAProblemAndNoFailure(client: AsyncClient, raw: bytes) -> None:
    answer = await client.post("/api/auth/register", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def testALoneSurrogateInAPasswordIsRefused(client: AsyncClient) -> None:
    raw = b'{"email":"someone@example.com","password":"\\ud800 a quiet harbour at dawn"}'
    for path in ("/api/auth/register", "/api/auth/login"):
        answer = await client.post(path, content=raw, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, answer.text
