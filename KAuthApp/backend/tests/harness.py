"""The sign-in service as a server, on real PostgreSQL and Redis; only mail is caught and time can be moved."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr
from sqlalchemy import text
from starlette.types import ASGIApp, Receive, Scope, Send

from KAuthApp.backend.compositionRoot import AuthService, AuthSettings, authRouters, composeAuth
from shared.backend.database.engine import Database
from shared.backend.database.personalTables import PersonalTableInterface
from shared.backend.mail.mailSender import MailMessage, MailSenderInterface
from shared.backend.server import ServerPlan, ServerResources, ServiceModule, createServer
from shared.backend.utils.clock import ClockInterface, SystemClock
from shared.backend.utils.uuid import generateId

PASSWORD = "a quiet harbour at dawn"
NEW_PASSWORD = "seven lanterns over the bay"
COOKIE = "kSession"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CODE = re.compile(r"[0-9]{6}")


class AuthTestSettings(AuthSettings):
    databasePublicUrl: SecretStr


class MovableClock(ClockInterface):
    """The real time, moved forward by as much as a test wants, and standing still where it must not pass."""

    def __init__(self) -> None:
        self._real = SystemClock()
        self._heldAt: datetime | None = None
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return (self._heldAt or self._real.now()) + self.ahead

    def hold(self) -> None:
        """From now on only `ahead` moves it: on a busy machine a second may be over too soon, and a TOTP's step is."""
        self._heldAt = self._real.now()

    def reset(self) -> None:
        self._heldAt, self.ahead = None, timedelta(0)


class CaughtMail(MailSenderInterface):
    """Keeps mails instead of sending them; `failures` of the next ones are refused."""

    def __init__(self) -> None:
        self.sent: list[MailMessage] = []
        self.failures = 0

    async def send(self, message: MailMessage) -> None:
        if self.failures > 0:
            self.failures -= 1
            raise ConnectionError("the mail server is away")
        self.sent.append(message)

    def to(self, email: str) -> list[MailMessage]:
        return [message for message in self.sent if message.to == email]


@dataclass
class Person:
    """Somebody a test has registered."""

    email: str
    password: str = PASSWORD
    csrf: Mapping[str, str] = field(default_factory=dict)


@dataclass
class AuthServer:
    """A running server with handles for tests."""

    app: ASGIApp
    service: AuthService
    resources: ServerResources
    settings: AuthTestSettings
    clock: MovableClock
    mail: CaughtMail
    truth: Database

    @asynccontextmanager
    async def browser(
        self, userAgent: str = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", address: str = "192.0.2.1"
    ) -> AsyncIterator[AsyncClient]:
        """A client with cookies of its own."""
        transport = ASGITransport(self.app, client=(address, 4711))
        headers = {"User-Agent": userAgent}
        async with AsyncClient(transport=transport, base_url="http://k", headers=headers) as client:
            yield client

    async def runJobs(self) -> None:
        """Every job until none has anything left to do."""
        while sum([await job.run() for job in self.service.module.jobs]):
            pass

    async def lastCode(self, email: str) -> str:
        """The code in the newest mail to this address."""
        await self.runJobs()
        return codeIn(self.mail.to(email)[-1])

    async def register(self, client: AsyncClient, email: str | None = None) -> Person:
        """A person with a proven address."""
        person = Person(email or anEmail())
        body = {"email": person.email, "password": person.password, "fullName": "Sari Wulandari"}
        assert (await client.post("/api/auth/register", json=body)).status_code == 202
        code = await self.lastCode(person.email)
        proof = {"email": person.email, "code": code}
        assert (await client.post("/api/auth/verify-email", json=proof)).status_code == 200
        return person

    async def signIn(self, client: AsyncClient, person: Person) -> dict[str, str]:
        """Sign in with a cookie; the headers a state-changing request needs."""
        answer = await login(client, person)
        assert answer.status_code == 200, answer.text
        return await csrfHeaders(client)

    async def rows(self, statement: str, **values: object) -> Sequence[Mapping[str, object]]:
        """What the database really holds, seen as superuser; changes are kept."""
        async with self.truth.openSession() as session:
            result = await (await session.connection()).execute(text(statement), values)
            rows = [dict(row) for row in result.mappings()] if result.returns_rows else []
            await session.commit()
        return rows


class _WithState:
    """Gives every request the state of the lifespan, as a server does."""

    def __init__(self, app: FastAPI, state: Mapping[str, object]) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = dict(self._state)
        await self._app(scope, receive, send)


@asynccontextmanager
async def runServer(
    settings: AuthTestSettings, superuserUrl: str, othersTables: Sequence[PersonalTableInterface] = ()
) -> AsyncIterator[AuthServer]:
    """Start it as uvicorn would and stop it at the end of the block."""
    clock, mail = MovableClock(), CaughtMail()
    composed: list[tuple[ServerResources, AuthService]] = []

    def compose(opened: ServerResources, loaded: AuthTestSettings) -> Sequence[ServiceModule]:
        resources = replace(opened, clock=clock, mail=mail)
        service = composeAuth(resources, loaded, othersTables)
        composed.append((resources, service))
        return [service.module]

    plan = ServerPlan(
        title="auth tests",
        description="",
        openApiUrl="/api/openapi.json",
        settings=AuthTestSettings,
        databaseUrl=lambda loaded: loaded.databasePublicUrl,
        compose=compose,
        routers=authRouters,
    )
    app = createServer(plan, settings)
    async with app.router.lifespan_context(app) as state:
        resources, service = composed[0]
        truth = Database(superuserUrl, poolSize=2)
        try:
            yield AuthServer(_WithState(app, state or {}), service, resources, settings, clock, mail, truth)
        finally:
            await truth.close()


def anEmail() -> str:
    return f"person-{generateId().hex}@example.com"


def codeIn(message: MailMessage) -> str:
    """The only run of six digits in the text."""
    found = CODE.findall(message.text)
    assert len(found) == 1, message.text
    return str(found[0])


async def login(client: AsyncClient, person: Person, kind: str = "browser") -> Response:
    body = {"email": person.email, "password": person.password, "client": kind}
    return await client.post("/api/auth/login", json=body)


async def csrfHeaders(client: AsyncClient) -> dict[str, str]:
    answer = await client.get("/api/auth/csrf")
    assert answer.status_code == 200, answer.text
    return {"X-CSRF-Token": str(answer.json()["csrfToken"])}


def bearer(accessToken: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {accessToken}"}
