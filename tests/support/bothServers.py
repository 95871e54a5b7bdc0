"""Both servers in one process on one database, and somebody of every kind to call them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import pyotp
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr
from sqlalchemy import text
from starlette.types import Receive, Scope, Send

from admin_server import AdminServerSettings, createAdminApp
from KAuthApp.backend.domain.policies.apiScope import ApiScope
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.cli.createAdmin import composeCreateAdministrator
from public_server import PublicSettings, createPublicApp
from shared.backend.database.engine import Database
from shared.backend.http.credentials import hashCredential
from shared.backend.redis.client import RedisClient
from shared.backend.server import openResources
from shared.backend.utils.uuid import generateId

PASSWORD: Final = "violet tram under the old bridge"
BASE: Final = "http://k"

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Callers:
    """What each kind of caller sends. Nobody here may do everything."""

    customer: Headers
    staleCustomer: Headers
    token: Headers
    administrator: Headers
    staleAdministrator: Headers
    halfAdministrator: Headers
    keys: Mapping[frozenset[ApiScope], Headers]


@dataclass
class BothServers:
    """The public and the admin server, their database as its owner, and their Redis."""

    public: AsyncClient
    admin: AsyncClient
    truth: Database
    redis: RedisClient
    administratorSettings: AdminServerSettings

    async def change(self, statement: str, **values: object) -> None:
        async with self.truth.openSession() as session:
            await (await session.connection()).execute(text(statement), values)
            await session.commit()

    async def grantAllBut(self, permission: str) -> None:
        """From now on the administrator may do everything else."""
        others = [each.value for each in Permission if each.value != permission]
        await self.change("DELETE FROM role_permission WHERE role_id = (SELECT id FROM role WHERE name = 'nearly')")
        await self.change(
            "INSERT INTO role_permission (role_id, permission)"
            " SELECT role.id, unnest(CAST(:others AS varchar[])) FROM role WHERE name = 'nearly'",
            others=others,
        )


@asynccontextmanager
async def runBothServers(environment: Mapping[str, object], superuserUrl: str) -> AsyncIterator[BothServers]:
    publicSettings = PublicSettings.model_validate({**environment, "publicBaseUrl": BASE})
    names = AdminServerSettings.model_fields
    adminSettings = AdminServerSettings.model_validate(
        {name: value for name, value in {**environment, "publicBaseUrl": BASE}.items() if name in names}
    )
    async with AsyncExitStack() as stack:
        public = await stack.enter_async_context(_clientOf(createPublicApp(publicSettings)))
        admin = await stack.enter_async_context(_clientOf(createAdminApp(adminSettings)))
        truth, redis = Database(superuserUrl, poolSize=2), RedisClient(str(environment["redisUrl"]))
        stack.push_async_callback(truth.close)
        stack.push_async_callback(redis.close)
        yield BothServers(public, admin, truth, redis, adminSettings)


async def gatherCallers(servers: BothServers) -> Callers:
    """A customer with sessions, a token and keys; an administrator with all permissions but one, who may change."""
    email = f"person-{generateId().hex}@example.com"
    person = {"email": email, "password": PASSWORD}
    await _expect(servers.public.post("/api/auth/register", json={**person, "fullName": "Sari"}), 202)
    await servers.change(
        "UPDATE user_account SET status = 'active', email_verified_at = now() WHERE email = :email", email=email
    )
    customer = await _signedIn(servers.public, "/api/auth", person)
    stale = await _signedIn(servers.public, "/api/auth", person)
    tokens = (await _expect(servers.public.post("/api/auth/login", json={**person, "client": "api"}), 200)).json()
    keys = {frozenset(scopes): await _key(servers.public, customer, scopes) for scopes in _scopeSets()}
    await servers.change(
        "UPDATE user_session SET authenticated_at = now() - interval '10 minutes' WHERE secret_hash = :hash",
        hash=_hashOf(stale),
    )
    administrators = await _administrators(servers)
    await servers.redis.flushAll()
    return Callers(customer, stale, _bearer(tokens["tokens"]["accessToken"]), *administrators, keys=keys)


def _scopeSets() -> Sequence[Sequence[ApiScope]]:
    """Every scope, and every scope but one."""
    return [list(ApiScope), *([other for other in ApiScope if other is not each] for each in ApiScope)]


async def _key(client: AsyncClient, headers: Headers, scopes: Sequence[ApiScope]) -> Headers:
    body = {"name": "All but one", "scopes": [scope.value for scope in scopes]}
    return _bearer((await _expect(client.post("/api/auth/api-keys", json=body, headers=headers), 201)).json()["secret"])


async def _administrators(servers: BothServers) -> tuple[Headers, Headers, Headers]:
    """Signed in, signed in long ago, and with the password only."""
    email = f"admin-{generateId().hex}@example.com"
    settings = servers.administratorSettings
    async with openResources(settings, settings.databaseAdminUrl, "callers") as resources:
        await composeCreateAdministrator(resources).execute(email, SecretStr(PASSWORD))
    fresh, secret = await _enrolled(servers.admin, email)
    await servers.change(
        "INSERT INTO role (id, name, description, built_in, created_at, updated_at)"
        " VALUES (:id, 'nearly', 'All but one', false, now(), now())",
        id=generateId(),
    )
    await servers.change("UPDATE administrator_role SET role_id = (SELECT id FROM role WHERE name = 'nearly')")
    await servers.change("UPDATE administrator_totp SET last_step = 0")
    challenge = await _challenge(servers.admin, email)
    body = {"challengeId": challenge, "method": "totp", "code": _code(secret)}
    await _expect(servers.admin.post("/api/admin/auth/second-factor", json=body), 200)
    stale = await _withCsrf(servers.admin, "/api/admin/auth", "kAdminSession")
    await servers.change(
        "UPDATE administrator_session SET created_at = created_at - interval '10 minutes' WHERE secret_hash = :hash",
        hash=_hashOf(stale),
    )
    half = {"Cookie": f"kAdminSession={await _challenge(servers.admin, email)}"}
    return fresh, stale, half


async def _challenge(client: AsyncClient, email: str) -> str:
    answer = await _expect(client.post("/api/admin/auth/login", json={"email": email, "password": PASSWORD}), 200)
    return str(answer.json()["challengeId"])


async def _enrolled(client: AsyncClient, email: str) -> tuple[Headers, str]:
    challenge = await _challenge(client, email)
    enrollment = await _expect(client.post("/api/admin/auth/mfa/totp/enroll", json={"challengeId": challenge}), 200)
    secret = str(enrollment.json()["secret"])
    body = {"challengeId": challenge, "code": _code(secret)}
    await _expect(client.post("/api/admin/auth/mfa/totp/confirm", json=body), 200)
    return await _withCsrf(client, "/api/admin/auth", "kAdminSession"), secret


async def _signedIn(client: AsyncClient, base: str, person: Mapping[str, str]) -> Headers:
    await _expect(client.post(f"{base}/login", json=person), 200)
    return await _withCsrf(client, base, "kSession")


async def _withCsrf(client: AsyncClient, base: str, cookie: str) -> Headers:
    """What the browser would send; the jar is emptied, so that nobody sends it by accident."""
    token = (await _expect(client.get(f"{base}/csrf"), 200)).json()["csrfToken"]
    secret = client.cookies[cookie]
    client.cookies.clear()
    return {"Cookie": f"{cookie}={secret}", "X-CSRF-Token": token}


async def _expect(call: Awaitable[Response], status: int) -> Response:
    answer = await call
    assert answer.status_code == status, answer.text
    return answer


def _bearer(secret: str) -> Headers:
    return {"Authorization": f"Bearer {secret}"}


def _hashOf(headers: Headers) -> str:
    return hashCredential(headers["Cookie"].partition("=")[2])


def _code(secret: str) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC))  # noqa: TID251 - as an app does


@asynccontextmanager
async def _clientOf(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A client of this app while it runs."""
    async with app.router.lifespan_context(app) as state:

        async def withState(scope: Scope, receive: Receive, send: Send) -> None:
            scope["state"] = dict(state or {})
            await app(scope, receive, send)

        async with AsyncClient(transport=ASGITransport(withState), base_url=BASE) as client:
            yield client
