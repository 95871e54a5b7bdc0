"""One admin server for each test module, on a real database and Redis, and people to sign in with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import asyncpg
import pyotp
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr

from admin_server import AdminServerSettings, createAdminApp
from conftest import DatabaseUrls
from KSysAdmin.backend.application.services.createAdministratorService import CreateAdministratorService
from KSysAdmin.backend.infrastructure.cli.createAdmin import composeCreateAdministrator
from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl
from shared.backend.redis.client import RedisClient
from shared.backend.server import openResources
from shared.backend.utils.uuid import generateId

PASSWORD = "violet tram under the old bridge"
BASE_URL = "http://gateway.test"
EPOCH_STEP_SECONDS = 30


class SqlConnection(Protocol):
    """What tests use of the driver's connection."""

    async def execute(self, query: str, *args: object) -> str: ...

    async def fetch(self, query: str, *args: object) -> list[Mapping[str, object]]: ...

    async def fetchrow(self, query: str, *args: object) -> Mapping[str, object]: ...

    async def fetchval(self, query: str, *args: object) -> object: ...


@dataclass
class Person:
    """An administrator in a test, with the browser and the authenticator app."""

    client: AsyncClient
    email: str
    sql: SqlConnection
    totpSecret: str = ""
    recoveryCodes: list[str] = field(default_factory=list)
    administratorId: str = ""
    enrolmentCode: str = ""

    async def post(self, path: str, body: object = None) -> Response:
        return await self.client.post(f"/api/admin{path}", json=body)

    async def put(self, path: str, body: object = None) -> Response:
        return await self.client.put(f"/api/admin{path}", json=body)

    async def get(self, path: str, **query: str) -> Response:
        return await self.client.get(f"/api/admin{path}", params=query)

    async def delete(self, path: str) -> Response:
        return await self.client.delete(f"/api/admin{path}")

    async def startSignIn(self, password: str = PASSWORD) -> Response:
        return await self.post("/auth/login", {"email": self.email, "password": password})

    async def challenge(self) -> str:
        response = await self.startSignIn()
        assert response.status_code == 200, response.text
        return str(response.json()["challengeId"])

    def code(self, stepsAhead: int = 0) -> str:
        at = datetime.now(UTC) + timedelta(seconds=EPOCH_STEP_SECONDS * stepsAhead)  # noqa: TID251 - as an app does
        return pyotp.TOTP(self.totpSecret).at(at)

    async def enroll(self) -> Response:
        """Through the first sign-in, with a new authenticator app."""
        challenge = await self.challenge()
        enrollment = await self.post("/auth/mfa/totp/enroll", {"challengeId": challenge})
        assert enrollment.status_code == 200, enrollment.text
        self.totpSecret = enrollment.json()["secret"]
        self.enrolmentCode = self.code()
        body = {"challengeId": challenge, "code": self.enrolmentCode}
        confirmed = await self.post("/auth/mfa/totp/confirm", body)
        assert confirmed.status_code == 200, confirmed.text
        self.recoveryCodes = confirmed.json()["recoveryCodes"]
        self.administratorId = confirmed.json()["user"]["id"]
        await self.takeCsrfToken()
        return confirmed

    async def takeCsrfToken(self) -> None:
        token = await self.get("/auth/csrf")
        self.client.headers["X-CSRF-Token"] = token.json()["csrfToken"]

    async def forgetSpentStep(self) -> None:
        """As if the last code had been used long ago."""
        await self.sql.execute(
            "UPDATE administrator_totp SET last_step = 0, failures_in_a_row = 0 WHERE administrator_id = $1",
            UUID(self.administratorId),
        )


@pytest.fixture(scope="module")
def adminSettings(serverEnvironment: dict[str, object]) -> AdminServerSettings:
    return AdminServerSettings.model_validate({**serverEnvironment, "publicBaseUrl": BASE_URL})


@pytest.fixture(scope="module")
async def adminApp(adminSettings: AdminServerSettings) -> AsyncIterator[FastAPI]:
    app = createAdminApp(adminSettings)
    async with app.router.lifespan_context(app) as state:
        app.state.lifespanState = state
        yield app


@pytest.fixture(scope="module")
async def sql(database: DatabaseUrls) -> AsyncIterator[SqlConnection]:
    """The database as its owner."""
    connection = await asyncpg.connect(toDriverUrl(database.owner))
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def redis(redisUrl: str) -> AsyncIterator[RedisClient]:
    client = RedisClient(redisUrl)
    yield client
    await client.close()


@pytest.fixture(scope="module")
async def createAdministrator(adminSettings: AdminServerSettings) -> AsyncIterator[CreateAdministratorService]:
    """What stands behind the command `createAdmin`."""
    async with openResources(adminSettings, adminSettings.databaseAdminUrl, "test") as resources:
        yield composeCreateAdministrator(resources)


class MakePerson(Protocol):
    async def __call__(self, email: str = "", *, isEnrolled: bool = True) -> Person: ...


@pytest.fixture
async def makePerson(
    adminApp: FastAPI, createAdministrator: CreateAdministratorService, sql: SqlConnection
) -> AsyncIterator[MakePerson]:
    """Administrators with a browser each; enrolled and signed in unless told otherwise."""
    clients: list[AsyncClient] = []

    async def make(email: str = "", *, isEnrolled: bool = True) -> Person:
        address = email or f"admin-{generateId()}@example.com"
        await createByCommand(createAdministrator, address, PASSWORD)
        client = browserOf(adminApp)
        clients.append(client)
        person = Person(client, address, sql)
        if isEnrolled:
            await person.enroll()
        return person

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
async def boss(makePerson: MakePerson) -> Person:
    return await makePerson()


def browserOf(app: FastAPI) -> AsyncClient:
    state = app.state.lifespanState

    async def withState(scope: dict[str, object], receive: object, send: object) -> None:
        scope["state"] = dict(state)
        await app(scope, receive, send)  # type: ignore[arg-type]

    return AsyncClient(transport=ASGITransport(app=withState), base_url=BASE_URL)  # type: ignore[arg-type]


async def createByCommand(service: CreateAdministratorService, email: str, password: str | None) -> str | None:
    """What `createAdmin` does; the link, when there is no password."""
    created = await service.execute(email, None if password is None else SecretStr(password))
    return None if created.invitationUrl is None else created.invitationUrl.get_secret_value()
