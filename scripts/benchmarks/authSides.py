"""K and its two rivals, running side by side on one PostgreSQL, each with people of the same number and password."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import asyncpg
from sqlalchemy.engine import make_url

from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserLocale
from KAuthApp.backend.infrastructure.database.authUnitOfWork import unitOfWorkOn
from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl
from scripts.benchmarks.ownServers import freshSettings, makeDatabase, startServer
from scripts.benchmarks.rivals import awaitAnswer, installRivals, startBetterAuth, startFastapiUsers
from scripts.benchmarks.wire import Answer, Body, Headers, Wire
from scripts.benchmarks.wrk import Way
from scripts.stack.gatewayConfig import renderGatewayConfig
from scripts.stack.ports import freePort
from scripts.stack.precedence import letGoFirst
from scripts.stack.processes import BY_NAME
from scripts.stack.provision import provisionServices
from scripts.stack.testServices import TestServices, startTestServices
from scripts.stack.unprivileged import dyingWithParent
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.database.engine import Database
from shared.backend.utils.clock import SystemClock

# What a commit says is kept is kept: as in production, and unlike the tests.
DURABLE: Final = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
PROCESSES: Final = os.cpu_count() or 1
# Ours are known by their browsers, or so many at once would look like an attack; of the rivals' a few sign in.
PEOPLE: Final = 160
RIVALS_PEOPLE: Final = 8
PASSWORD: Final = "a quiet harbour at dawn"  # noqa: S105 - of the benchmark's accounts
CHECK: Final = "/api/auth/session"

Request = tuple[str, Headers, Body]


@dataclass(frozen=True)
class Side:
    """One of those that are compared: where it is, how one signs in there, and how its session is checked."""

    name: str
    port: int
    toLogin: Callable[[int], Request]
    checkPath: str

    async def signIn(self, wire: Wire, person: int, more: Headers | None = None) -> Answer:
        path, headers, body = self.toLogin(person)
        answer = await wire.ask("POST", path, {**headers, **(more or {})}, body)
        if not answer.isAccepted:
            raise RuntimeError(f"{self.name} does not sign in: {answer.status} {answer.text[:500]}")
        return answer

    async def way(self) -> Way:
        """The check of a session that was opened just now."""
        async with Wire(self.url) as wire:
            cookies = "; ".join((await self.signIn(wire, 0)).cookies)
            checked = await wire.ask("GET", self.checkPath, {"Cookie": cookies})
        if not checked.isAccepted or checked.text == "null":
            raise RuntimeError(f"{self.name} does not know its session: {checked.status} {checked.text[:500]}")
        return Way(self.name, self.checkPath, (f"Cookie: {cookies}",))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Sides:
    """All of them at once, and the settings that K was started with."""

    ours: Side
    gatewayPort: int
    fastapiUsers: Side
    betterAuth: Side
    cachingBetterAuth: Side
    values: Mapping[str, str]

    @property
    def rivals(self) -> Sequence[Side]:
        """Those that are told apart by how they sign in."""
        return (self.fastapiUsers, self.betterAuth)

    @property
    def all(self) -> Sequence[Side]:
        return (self.ours, self.fastapiUsers, self.betterAuth, self.cachingBetterAuth)


def emailOf(person: int) -> str:
    return f"person-{person}@example.com"


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Sides]:
    """K as the stack runs it, with as many processes as each rival has; all are gone at the end."""
    installRivals()
    folder.chmod(0o755)
    services = startTestServices(folder, DURABLE)
    try:
        with contextlib.ExitStack() as started:
            values = freshSettings(services, folder) | {"HASH_THREADS": "1"}
            asyncio.run(_preparePeople(services, values))
            ours = Side("K", freePort(), _toOurLogin, CHECK)
            startServer(started, "public_server:app", ours.port, "/health/live", values, folder, PROCESSES)
            gateway = _startGateway(started, folder, values, ours.port)
            python, node, caching = (
                start(started, services, values, folder) for start in (_fastapiUsers, _betterAuth, _caching)
            )
            asyncio.run(_registerPeople([python, node]))
            yield Sides(ours, gateway, python, node, caching, values)
    finally:
        services.stop()


def _toOurLogin(person: int) -> Request:
    return "/api/auth/login", {}, {"email": emailOf(person), "password": PASSWORD}


async def _preparePeople(services: TestServices, values: Mapping[str, str]) -> None:
    """The schema as the migrations make it, and accounts whose addresses are proven."""
    await makeDatabase(services, values)
    for name in ("rival_python", "rival_node"):
        connection = await asyncpg.connect(toDriverUrl(services.superuserUrl))
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
    clock, database = SystemClock(), Database(values["DATABASE_PUBLIC_URL"])
    crypto = CryptoFactory.fromKeys(values["CRYPTO_MASTER_KEY"], int(values["CRYPTO_KEY_ID"]))
    passwordHash, now = await crypto.hashPassword(PASSWORD), clock.now()
    for person in range(PEOPLE):
        account = UserAccount.register(EmailAddress.parse(emailOf(person)), passwordHash, None, UserLocale.EN, now)
        async with unitOfWorkOn(database, clock)() as work:
            await work.users.register(account)
            (await work.users.getForUpdate(account.id)).confirmEmail(now)
            await work.commit()
    await database.close()
    crypto.close()


def _startGateway(started: contextlib.ExitStack, folder: Path, values: Mapping[str, str], behind: int) -> int:
    tools, port = provisionServices(), freePort()
    settings = {
        **values,
        "GATEWAY_HTTP_PORT": str(port),
        "GATEWAY_METRICS_PORT": str(freePort(avoid={port})),
        "PUBLIC_SERVER_PORT": str(behind),
        "ADMIN_SERVER_PORT": str(behind),
        "GATEWAY_ACCESS_LOG": str(folder / "access.log"),
    }
    command = dyingWithParent(renderGatewayConfig(tools.nginx, settings, folder / "gateway"))
    environment = {**tools.nginx.environment, "PATH": "/usr/bin:/bin"}
    with (folder / "gateway.log").open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=subprocess.STDOUT, cwd="/", start_new_session=True
        )
    letGoFirst(process.pid, BY_NAME["gateway"].precedence)
    started.callback(process.wait)
    started.callback(process.terminate)
    awaitAnswer(process, port, "/api/auth/.well-known/jwks.json", folder / "gateway.log")
    return port


def _fastapiUsers(
    started: contextlib.ExitStack, services: TestServices, values: Mapping[str, str], folder: Path
) -> Side:
    def toLogin(person: int) -> Request:
        return "/auth/login", {}, urlencode({"username": emailOf(person), "password": PASSWORD})

    side = Side("fastapi-users", freePort(), toLogin, "/session")
    startFastapiUsers(started, side.port, PROCESSES, _settingsOf(services, values, "asyncpg", "rival_python"), folder)
    return side


def _betterAuth(started: contextlib.ExitStack, services: TestServices, values: Mapping[str, str], folder: Path) -> Side:
    return _someBetterAuth(started, "better-auth", _settingsOf(services, values, "", "rival_node"), folder)


def _caching(started: contextlib.ExitStack, services: TestServices, values: Mapping[str, str], folder: Path) -> Side:
    settings = {**_settingsOf(services, values, "", "rival_node"), "COOKIE_CACHE": "true"}
    return _someBetterAuth(started, "better-auth with its cookie cache", settings, folder)


def _someBetterAuth(started: contextlib.ExitStack, name: str, settings: Mapping[str, str], folder: Path) -> Side:
    port = freePort()

    def toLogin(person: int) -> Request:
        headers = {"Origin": f"http://127.0.0.1:{port}"}
        return "/api/auth/sign-in/email", headers, {"email": emailOf(person), "password": PASSWORD}

    startBetterAuth(started, port, PROCESSES, settings, folder)
    return Side(name, port, toLogin, "/api/auth/get-session")


def _settingsOf(services: TestServices, values: Mapping[str, str], driver: str, database: str) -> dict[str, str]:
    url = make_url(services.superuserUrl).set(
        drivername=f"postgresql{'+' if driver else ''}{driver}", database=database
    )
    return {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "APP_SECRET": secrets.token_urlsafe(32),
        "HASH_MEMORY_KIB": values["HASH_MEMORY_KIB"],
        "HASH_ITERATIONS": values["HASH_ITERATIONS"],
    }


async def _registerPeople(rivals: Sequence[Side]) -> None:
    """As each rival does it itself."""
    for rival, path in zip(rivals, ("/auth/register", "/api/auth/sign-up/email"), strict=True):
        async with Wire(rival.url) as wire:
            for person in range(RIVALS_PEOPLE):
                body = {"email": emailOf(person), "password": PASSWORD, "name": "Somebody"}
                answer = await wire.ask("POST", path, {"Origin": rival.url}, body)
                if not answer.isAccepted:
                    raise RuntimeError(f"{rival.name} does not register: {answer.status} {answer.text[:500]}")
