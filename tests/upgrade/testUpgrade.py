"""A platform that was in use before second factors: whoever had an account then still has one, and everything works."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Final
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from conftest import PASSWORDS, DatabaseUrls, Services
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.infrastructure.security.cryptoSecretMaker import CryptoSecretMaker
from KAuthApp.backend.tests.harness import (
    NEW_PASSWORD,
    PASSWORD,
    AuthServer,
    AuthTestSettings,
    Person,
    bearer,
    csrfHeaders,
    login,
    runServer,
)
from KSysAdmin.backend.infrastructure.database.bootstrap import SuperuserConnection, bootstrapRoles, toDriverUrl
from KSysAdmin.backend.infrastructure.database.migrate import upgradeTo, upgradeToHead
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential
from shared.backend.utils.uuid import generateId

BEFORE: Final = "0003"
CODE: Final = "471147"
ADDRESS: Final = "203.0.113.9"
USER: Final = """
    INSERT INTO user_account (id, email, email_as_given, full_name, locale, password_hash, password_changed_at, status,
                              email_verified_at, created_at, updated_at)
    VALUES ($1, $2, $2, 'Sari Wulandari', 'id', $3, now(), $4::varchar,
            CASE WHEN $4::varchar = 'active' THEN now() END, now() - $5 * interval '1 day',
            now() - $5 * interval '1 day')
"""
SESSION: Final = """
    INSERT INTO user_session (id, user_id, client, secret_hash, auth_methods, created_at, authenticated_at,
                              last_seen_at, idle_expires_at, expires_at, ip, user_agent, device_label)
    VALUES ($1, $2, $3, $4, '{password}', now(), now() - interval '1 hour', now(), now() + interval '20 days',
            now() + interval '20 days', $5, 'Mozilla/5.0 (X11; Linux x86_64)', 'Firefox on Linux')
"""
REFRESH_TOKEN: Final = "INSERT INTO refresh_token (id, session_id, token_hash, created_at) VALUES ($1, $2, $3, now())"
ONE_TIME_CODE: Final = """
    INSERT INTO one_time_code (id, user_id, purpose, code_hash, failed_tries, created_at, expires_at)
    VALUES ($1, $2, $3, $4, 0, now(), now() + interval '15 minutes')
"""
AUDIT: Final = """
    SELECT append_audit_event($1, 'auth', now(), 'user', $2, NULL, 'auth.signedIn', 'user',
                              $2, NULL, '{}', NULL, $3)
"""


def newSecret() -> str:
    return token_urlsafe(32)


@dataclass
class OldUser(Person):
    """Somebody as the schema of before knew them."""

    id: UUID = field(default_factory=generateId)
    session: str = field(default_factory=newSecret)
    refreshToken: str = field(default_factory=newSecret)


@dataclass(frozen=True)
class OldPeople:
    settled: OldUser
    leaving: OldUser
    forgetful: OldUser
    pending: OldUser
    pendingForLong: OldUser


@pytest.fixture(scope="module")
async def people() -> OldPeople:
    return OldPeople(*(OldUser(f"{name}@example.com") for name in ("settled", "leaving", "forgetful", "new", "late")))


@pytest.fixture(scope="module")
async def database(services: Services, crypto: CryptoFactory, people: OldPeople) -> AsyncIterator[DatabaseUrls]:
    """Made as it was before, filled as it was used, then upgraded."""
    name = f"k_upgrade_{os.getpid()}"
    await bootstrapRoles(services.superuserUrl, name, PASSWORDS)
    owner = urlOf(services, name, "k_owner", PASSWORDS.owner)
    await upgradeTo(owner, BEFORE)
    connection = await asyncpg.connect(toDriverUrl(owner))
    await fill(connection, crypto, people)
    await connection.close()
    await upgradeToHead(owner)
    yield DatabaseUrls(
        owner=owner,
        admin=urlOf(services, name, "k_admin", PASSWORDS.admin),
        public=urlOf(services, name, "k_public", PASSWORDS.public),
        superuser=make_url(services.superuserUrl).set(database=name).render_as_string(hide_password=False),
    )
    connection = await asyncpg.connect(toDriverUrl(services.superuserUrl))
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def fill(connection: SuperuserConnection, crypto: CryptoFactory, people: OldPeople) -> None:
    passwordHash, secrets = await crypto.hashPassword(PASSWORD), CryptoSecretMaker(crypto)
    for user in (people.settled, people.leaving, people.forgetful):
        await connection.execute(USER, user.id, user.email, passwordHash, "active", 40)
        browser, program = generateId(), generateId()
        await connection.execute(SESSION, browser, user.id, "browser", hashCredential(user.session), ADDRESS)
        await connection.execute(SESSION, program, user.id, "api", None, ADDRESS)
        await connection.execute(REFRESH_TOKEN, generateId(), program, hashCredential(user.refreshToken))
        await connection.execute(AUDIT, generateId(), str(user.id), ADDRESS)
    for user, days in ((people.pending, 1), (people.pendingForLong, 8)):
        await connection.execute(USER, user.id, user.email, passwordHash, "pendingVerification", days)
    codes = ((people.pending, CodePurpose.VERIFY_EMAIL), (people.forgetful, CodePurpose.RESET_PASSWORD))
    for user, purpose in codes:
        codeHash = secrets.hashCode(user.id, purpose, CODE)
        await connection.execute(ONE_TIME_CODE, generateId(), user.id, purpose.value, codeHash)


def urlOf(services: Services, name: str, role: str, password: str) -> str:
    url = make_url(services.superuserUrl).set(username=role, password=password, database=name)
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    async with runServer(AuthTestSettings.model_validate(serverEnvironment), database.superuser) as running:
        yield running


async def testNobodyIsLoggedOut(server: AuthServer, people: OldPeople) -> None:
    user = people.settled
    async with server.browser() as client:
        client.cookies.set("kSession", user.session)
        assert (await client.get("/api/auth/me")).json()["email"] == user.email
        listed = (await client.get("/api/auth/sessions")).json()["items"]
        assert [each["deviceLabel"] for each in listed] == ["Firefox on Linux"] * 2
    async with server.browser() as program:
        renewed = await program.post("/api/auth/token/refresh", json={"refreshToken": user.refreshToken})
        assert renewed.status_code == 200, renewed.text
        me = await program.get("/api/auth/me", headers=bearer(renewed.json()["accessToken"]))
        assert me.json()["id"] == str(user.id)


async def testTheySignInSetUpASecondFactorAndChangeTheirPassword(server: AuthServer, people: OldPeople) -> None:
    user = people.settled
    async with server.browser() as client:
        csrf = await server.signIn(client, user)
        assert (await client.post("/api/auth/mfa/totp/enroll", headers=csrf)).status_code == 200
        key = await client.post("/api/auth/api-keys", json={"name": "a", "scopes": ["profile.read"]}, headers=csrf)
        assert key.status_code == 201, key.text
        change = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
        changed = await client.post("/api/auth/password/change", json=change, headers=csrf)
        assert changed.status_code == 204, changed.text


async def testTheyTakeEverythingAlongAndLeaveNothingBehind(server: AuthServer, people: OldPeople) -> None:
    user = people.leaving
    async with server.browser() as client:
        csrf = await server.signIn(client, user)
        data = await exportOf(server, client.cookies["kSession"], csrf)
        assert [each["clientAddress"] for each in data["audit_event"]][:1] == [ADDRESS]
        assert {str(each["deviceLabel"]) for each in data["user_session"]} == {"Firefox on Linux"}
        assert (await client.delete("/api/auth/account", headers=csrf)).status_code == 204
        assert (await login(client, user)).status_code == 401
    assert await server.rows("SELECT id FROM user_account WHERE id = :id", id=user.id) == []
    assert await server.rows("SELECT id FROM user_session WHERE user_id = :id", id=user.id) == []


async def exportOf(server: AuthServer, session: str, csrf: Mapping[str, str]) -> dict[str, list[dict[str, object]]]:
    async with server.browser() as client:
        client.cookies.set("kSession", session)
        answer = await client.post("/api/auth/account/export", headers=dict(csrf))
    assert answer.status_code == 200, answer.text
    data: dict[str, list[dict[str, object]]] = answer.json()["data"]
    return data


async def testACodeOfBeforeStillResetsThePassword(server: AuthServer, people: OldPeople) -> None:
    user = people.forgetful
    async with server.browser() as client:
        body = {"email": user.email, "code": CODE, "newPassword": NEW_PASSWORD}
        reset = await client.post("/api/auth/password/reset", json=body)
        assert reset.status_code == 204, reset.text
        assert (await login(client, Person(user.email, NEW_PASSWORD))).status_code == 200


async def testAnAccountThatWaitedProvesItsAddressAndOneThatWaitedTooLongEnds(
    server: AuthServer, people: OldPeople
) -> None:
    async with server.browser() as client:
        proof = {"email": people.pending.email, "code": CODE}
        proven = await client.post("/api/auth/verify-email", json=proof)
        assert proven.status_code == 200, proven.text
        csrf = await server.signIn(client, people.pending)
        assert csrf == await csrfHeaders(client)
    await server.runJobs()
    left = await server.rows("SELECT id FROM user_account WHERE status = 'pendingVerification'")
    assert left == []


async def testTheAuditOfBeforeIsStillWhole(server: AuthServer) -> None:
    (verdict,) = await server.rows("SELECT verify_audit_chain('auth') AS broken")
    assert verdict["broken"] is None
