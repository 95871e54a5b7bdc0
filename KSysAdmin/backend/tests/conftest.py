"""One admin server for each test module, on a real database and Redis, and people to sign in with."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
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
from KSysAdmin.backend.application.dto.outboxMessages import ADMIN_MAIL_TOPIC
from KSysAdmin.backend.application.services.createAdministratorService import CreateAdministratorService
from KSysAdmin.backend.application.services.sendAdministratorMailService import SendAdministratorMailService
from KSysAdmin.backend.infrastructure.cli.createAdmin import composeCreateAdministrator
from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl
from KSysAdmin.backend.infrastructure.database.unitOfWork import adminWorkOn
from KSysAdmin.backend.infrastructure.mail.templatedAdministratorMailWriter import TemplatedAdministratorMailWriter
from shared.backend.mail.mailSender import MailMessage, MailSenderInterface
from shared.backend.redis.client import RedisClient
from shared.backend.server import openResources
from shared.backend.utils.uuid import generateId

PASSWORD = "violet tram under the old bridge"
BASE_URL = "http://gateway.test"
EPOCH_STEP_SECONDS = 30
LOCAL = "127.0.0.1"


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

    async def patch(self, path: str, body: object) -> Response:
        return await self.client.patch(f"/api/admin{path}", json=body)

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

    async def signInAgain(self) -> Response:
        """Through both halves of a sign-in, with a code of the app; the session there was is left alone."""
        await self.forgetSpentStep()
        proof = {"challengeId": await self.challenge(), "method": "totp", "code": self.code()}
        answer = await self.post("/auth/second-factor", proof)
        assert answer.status_code == 200, answer.text
        await self.takeCsrfToken()
        return answer

    async def growStale(self) -> None:
        """As if the sign-in had been six minutes ago."""
        await self.sql.execute(
            "UPDATE administrator_session SET created_at = created_at - interval '6 minutes'"
            " WHERE administrator_id = $1 AND ended_at IS NULL",
            UUID(self.administratorId),
        )

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


class MakeBrowser(Protocol):
    def __call__(self, person: Person, address: str = LOCAL) -> Person: ...


@pytest.fixture
async def makeBrowser(adminApp: FastAPI) -> AsyncIterator[MakeBrowser]:
    """Another browser of the same person, not signed in."""
    clients: list[AsyncClient] = []

    def make(person: Person, address: str = LOCAL) -> Person:
        clients.append(browserOf(adminApp, address))
        return replace(person, client=clients[-1])

    yield make
    for client in clients:
        await client.aclose()


class CaughtMail(MailSenderInterface):
    """Keeps mails instead of sending them; while it is away it takes none."""

    def __init__(self) -> None:
        self.sent: list[MailMessage] = []
        self.isAway = False

    async def send(self, message: MailMessage) -> None:
        if self.isAway:
            raise ConnectionError("the mail server is away")
        self.sent.append(message)

    def to(self, email: str) -> list[MailMessage]:
        return [message for message in self.sent if message.to == email]


@dataclass
class Post:
    """The mails that administrators are sent, once they are delivered."""

    mail: CaughtMail
    service: SendAdministratorMailService
    sql: SqlConnection

    async def deliver(self) -> None:
        """What the relay would do with everything that waits."""
        waiting = "SELECT id, payload FROM outbox_message WHERE topic = $1 AND delivered_at IS NULL ORDER BY id"
        for row in await self.sql.fetch(waiting, ADMIN_MAIL_TOPIC):
            await self.service.execute(json.loads(str(row["payload"])))
            await self.sql.execute("UPDATE outbox_message SET delivered_at = now() WHERE id = $1", row["id"])

    async def to(self, email: str) -> list[MailMessage]:
        await self.deliver()
        return self.mail.to(email)

    async def linkTo(self, email: str) -> str:
        """The token in the newest mail with a link."""
        found = re.findall(r"/admin/invitation#(\S+)", "\n".join(each.text for each in await self.to(email)))
        return str(found[-1])


@pytest.fixture(scope="module")
async def post(adminSettings: AdminServerSettings, sql: SqlConnection) -> AsyncIterator[Post]:
    mail = CaughtMail()
    async with openResources(adminSettings, adminSettings.databaseAdminUrl, "test") as resources:
        writer = TemplatedAdministratorMailWriter(mail, adminSettings.publicBaseUrl)
        openWork = adminWorkOn(resources.database, resources.clock)
        yield Post(mail, SendAdministratorMailService(openWork, writer, resources.clock), sql)


@pytest.fixture
async def boss(makePerson: MakePerson) -> Person:
    return await makePerson()


def browserOf(app: FastAPI, address: str = LOCAL) -> AsyncClient:
    state = app.state.lifespanState

    async def withState(scope: dict[str, object], receive: object, send: object) -> None:
        scope["state"] = dict(state)
        await app(scope, receive, send)  # type: ignore[arg-type]

    transport = ASGITransport(app=withState, client=(address, 40000))  # type: ignore[arg-type]
    return AsyncClient(transport=transport, base_url=BASE_URL)


async def createByCommand(service: CreateAdministratorService, email: str, password: str | None) -> str | None:
    """What `createAdmin` does; the link, when there is no password."""
    created = await service.execute(email, None if password is None else SecretStr(password))
    return None if created.invitationUrl is None else created.invitationUrl.get_secret_value()
