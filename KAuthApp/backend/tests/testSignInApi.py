from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from fastapi import Response
from httpx import AsyncClient
from pydantic import SecretStr

from KAuthApp.backend.infrastructure.http.cookies import SessionCookie
from KAuthApp.backend.tests.harness import (
    COOKIE,
    NEW_PASSWORD,
    PASSWORD,
    AuthServer,
    Person,
    anEmail,
    bearer,
    csrfHeaders,
    login,
)
from shared.backend.cryptoFactory import CryptoFactory, PasswordHashing
from shared.backend.loggingFactory import configureLogging


async def testABrowserGetsACookieThatScriptsCannotRead(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    answer = await login(client, person)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/", "max-age=2592000"} <= attributes
    secret = client.cookies[COOKIE]
    assert len(secret) >= 43
    rows = await server.rows(
        "SELECT secret_hash FROM user_session WHERE secret_hash = :hash",
        hash=hashlib.sha256(secret.encode()).hexdigest(),
    )
    assert len(rows) == 1


def testOverHttpsTheCookieIsBoundToTheHost() -> None:
    response = Response()
    SessionCookie.forBaseUrl("https://k.example", 60).put(response, SecretStr("secret"), 60)
    name, _, attributes = response.headers["set-cookie"].partition("=")
    assert name == "__Host-kSession"
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= {part.strip().lower() for part in attributes.split(";")}
    assert "domain" not in attributes.lower()


async def testAResetProvesTheAddressOfAnUnverifiedAccount(server: AuthServer, client: AsyncClient) -> None:
    person = Person(anEmail())
    await client.post("/api/auth/register", json={"email": person.email, "password": person.password})
    await client.post("/api/auth/password/forgot", json={"email": person.email})
    code = await server.lastCode(person.email)
    reset = {"email": person.email, "code": code, "newPassword": NEW_PASSWORD}
    assert (await client.post("/api/auth/password/reset", json=reset)).status_code == 204
    answer = await login(client, Person(person.email, NEW_PASSWORD))
    assert answer.json()["user"]["emailVerified"] is True


async def testEverySignInHasANewSecret(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    secrets = set()
    for _ in range(3):
        await login(client, person)
        secrets.add(client.cookies[COOKIE])
    assert len(secrets) == 3


async def testAnApiClientGetsTokensAndNoCookie(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    answer = await login(client, person, "api")
    assert "set-cookie" not in answer.headers
    tokens = answer.json()["tokens"]
    assert (tokens["tokenType"], tokens["expiresIn"]) == ("Bearer", 600)
    me = await client.get("/api/auth/me", headers=bearer(tokens["accessToken"]))
    assert me.json()["email"] == person.email


async def testACookieIsNoBearerAndATokenNoCookie(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    secret = client.cookies[COOKIE]
    client.cookies.clear()
    assert (await client.get("/api/auth/me", headers=bearer(secret))).status_code == 401
    tokens = (await login(client, person, "api")).json()["tokens"]
    client.cookies.set(COOKIE, tokens["accessToken"])
    assert (await client.get("/api/auth/me")).status_code == 401
    client.cookies.set(COOKIE, tokens["refreshToken"])
    assert (await client.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize(
    "credential", ["", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic YTpi", "Bearer " + "x" * 5000]
)
async def testWhatIsNoCredentialIsRefused(client: AsyncClient, credential: str) -> None:
    answer = await client.get("/api/auth/me", headers={"Authorization": credential})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def testACookieNeedsItsCsrfTokenToChangeAnything(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "guess"}):
        answer = await client.patch("/api/auth/me", json={"locale": "id"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.csrfRequired")
    async with server.browser() as other:
        await login(other, person)
        foreign = await csrfHeaders(other)
    assert (await client.patch("/api/auth/me", json={"locale": "id"}, headers=foreign)).status_code == 403
    own = await csrfHeaders(client)
    assert (await client.patch("/api/auth/me", json={"locale": "id"}, headers=own)).status_code == 200


async def testABearerNeedsNoCsrfToken(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    tokens = (await login(client, person, "api")).json()["tokens"]
    answer = await client.patch("/api/auth/me", json={"locale": "id"}, headers=bearer(tokens["accessToken"]))
    assert answer.status_code == 200


async def testUnknownWrongAndSuspendedLookTheSame(server: AuthServer, client: AsyncClient) -> None:
    suspended, known = await server.register(client), await server.register(client)
    await server.rows(
        "UPDATE user_account SET status = 'suspended', suspended_at = now() WHERE email = :email", email=suspended.email
    )
    answers = [
        await login(client, Person(anEmail())),
        await login(client, Person(known.email, NEW_PASSWORD)),
        await login(client, suspended),
    ]
    seen = set()
    for answer in answers:
        body = {name: value for name, value in answer.json().items() if name != "requestId"}
        headers = tuple(sorted(name for name in answer.headers))
        seen.add((answer.status_code, str(sorted(body.items())), headers, answer.headers["content-length"]))
    assert len(seen) == 1
    assert answers[0].json()["code"] == "auth.invalidCredentials"


async def testTheSameWorkIsDoneForAnAddressNobodyHas(
    server: AuthServer, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await server.register(client)
    checks: list[str] = []
    verify = CryptoFactory.verifyPassword

    async def counted(self: CryptoFactory, password: str, stored: str, isUrgent: bool = False) -> bool:
        checks.append(stored.rpartition("$")[0].rpartition("$")[0])
        return await verify(self, password, stored, isUrgent)

    monkeypatch.setattr(CryptoFactory, "verifyPassword", counted)
    await login(client, Person(anEmail()))
    await login(client, Person(person.email, NEW_PASSWORD))
    assert len(checks) == 2
    assert checks[0] == checks[1]


async def testNothingTellsAKnownAddressFromAnUnknownOne(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await server.runJobs()
    calls: list[tuple[str, dict[str, str]]] = [
        ("/api/auth/register", {"password": PASSWORD}),
        ("/api/auth/verify-email/resend", {}),
        ("/api/auth/password/forgot", {}),
        ("/api/auth/verify-email", {"code": "000000"}),
        ("/api/auth/password/reset", {"code": "000000", "newPassword": NEW_PASSWORD}),
        ("/api/auth/login", {"password": NEW_PASSWORD}),
    ]
    for path, body in calls:
        before = len(server.mail.sent)
        known = await client.post(path, json={"email": person.email, **body})
        unknown = await client.post(path, json={"email": anEmail(), **body})
        assert len(server.mail.sent) == before
        assert known.status_code == unknown.status_code, path
        assert set(known.headers) == set(unknown.headers), path
        withoutId = [{k: v for k, v in each.json().items() if k != "requestId"} for each in (known, unknown)]
        assert withoutId[0] == withoutId[1], path


async def testForgotAndResendNeverLookAnAddressUp(server: AuthServer, client: AsyncClient) -> None:
    for path in ("/api/auth/password/forgot", "/api/auth/verify-email/resend"):
        await client.post(path, json={"email": anEmail()})
    await server.runJobs()
    waiting = await server.rows("SELECT id FROM outbox_message WHERE delivered_at IS NULL")
    assert waiting == []


async def testAPasswordOfYesterdaysCostIsHashedAnewAtSignIn(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    cheap = CryptoFactory.fromKeys("x" * 32, hashing=PasswordHashing(memoryKib=8, iterations=1))
    weak = await cheap.hashPassword(PASSWORD)
    await server.rows(
        "UPDATE user_account SET password_hash = :weak WHERE email = :email", weak=weak, email=person.email
    )
    assert (await login(client, person)).status_code == 200
    rows = await server.rows("SELECT password_hash FROM user_account WHERE email = :email", email=person.email)
    assert rows[0]["password_hash"] != weak
    assert (await login(client, person)).status_code == 200


async def testComposedAndDecomposedSpellingsAreOnePassword(server: AuthServer, client: AsyncClient) -> None:
    composed = "caf\u00e9 au lait \u00e0 l'aube"
    decomposed = "cafe\u0301 au lait a\u0300 l'aube"
    email = anEmail()
    await client.post("/api/auth/register", json={"email": email, "password": composed})
    code = await server.lastCode(email)
    await client.post("/api/auth/verify-email", json={"email": email, "code": code})
    assert (await login(client, Person(email, decomposed))).status_code == 200


async def testASessionEndsByItself(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    server.clock.ahead = timedelta(days=29)
    assert (await client.get("/api/auth/me")).status_code == 200
    server.clock.ahead = timedelta(days=30, seconds=1)
    assert (await client.get("/api/auth/me")).status_code == 401


async def testUseIsWrittenDownAtMostOnceAMinute(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    answer = await login(client, person)
    sessionId = answer.json()["session"]["id"]

    async def seenAt() -> object:
        rows = await server.rows("SELECT last_seen_at FROM user_session WHERE id::text = :id", id=sessionId)
        return rows[0]["last_seen_at"]

    first = await seenAt()
    for _ in range(3):
        await client.get("/api/auth/me")
    assert await seenAt() == first
    server.clock.ahead = timedelta(minutes=2)
    await client.get("/api/auth/me")
    second = await seenAt()
    assert second != first
    await client.get("/api/auth/me")
    assert await seenAt() == second


async def testEachChangeIsOneAuditEventWithItsRequest(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await client.patch("/api/auth/me", json={"locale": "id"}, headers=csrf)
    await client.post("/api/auth/logout", headers={**csrf, "X-Request-ID": "the-logout-call"})
    rows = await server.rows(
        "SELECT action, request_id, client_address, after_state::text AS after FROM audit_event"
        " WHERE actor_id = (SELECT id::text FROM user_account WHERE email = :email) ORDER BY seq",
        email=person.email,
    )
    actions = [row["action"] for row in rows]
    assert actions == [
        "auth.registered",
        "auth.emailVerified",
        "auth.signedIn",
        "auth.profileChanged",
        "auth.signedOut",
    ]
    assert rows[-1]["request_id"] == "the-logout-call"
    addresses = [str(row["client_address"]) for row in rows]
    assert addresses[0].startswith("pseudonym."), "who has proven nothing yet has no key"
    assert all(address.startswith("p1.") for address in addresses[1:]), "sealed with the key of the person"
    assert not any(person.email in str(row["after"]) or "Sari" in str(row["after"]) for row in rows)


async def testAFailedSignInIsLogged(
    server: AuthServer, client: AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    configureLogging("INFO", "json")
    person = await server.register(client)
    capsys.readouterr()
    await login(client, Person(person.email, NEW_PASSWORD))
    lines = capsys.readouterr().out
    assert '"label": "auth.signInFailed"' in lines
    assert '"category": "security"' in lines
    assert "wrongPassword" in lines
    assert person.email not in lines
    assert NEW_PASSWORD not in lines
