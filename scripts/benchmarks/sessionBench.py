"""
The session check of our public server against a bare FastAPI route, both under the same uvicorn, in turns.

`python -m scripts.benchmarks.sessionBench [rounds [seconds]]` prints the rows. PostgreSQL and Redis are real.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import httpx

from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserLocale
from KAuthApp.backend.infrastructure.database.authUnitOfWork import unitOfWorkOn
from scripts.benchmarks.benchRow import BenchRow
from scripts.benchmarks.ownServers import Server, freshSettings, makeDatabase, startServer
from scripts.benchmarks.wrk import Load, Way, loadOf, provisionWrk, rowOf
from scripts.stack.ports import freePort
from scripts.stack.provision import Tool
from scripts.stack.testServices import TestServices, startTestServices
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.database.engine import Database
from shared.backend.utils.clock import SystemClock

ROUNDS: Final = 5
SECONDS: Final = 2
EMAIL: Final = "somebody@example.com"
PASSWORD: Final = "a quiet harbour at dawn"  # noqa: S105 - of the benchmark's only account
COOKIE: Final = "kSession"
CHECKED: Final = "/api/auth/session"
BARE: Final = Way("bare FastAPI route", "/bare")
STANDARD: Final = "a bare FastAPI route"


@dataclass(frozen=True)
class Round:
    """What one round of one way saw, and how much processor time each request took of the server."""

    load: Load
    cpuSeconds: float


@dataclass(frozen=True)
class Servers:
    """The two servers, and what the one account was given when it signed in."""

    public: Server
    bare: Server
    ways: tuple[Way, ...]


def measure(rounds: int = ROUNDS, seconds: int = SECONDS) -> list[BenchRow]:
    """Medians of interleaved rounds; bounded by rounds x 4 ways x seconds."""
    wrk = provisionWrk()
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name, _running(Path(name)) as servers:
        return _compare(wrk, servers, rounds, seconds)


def _compare(wrk: Tool, servers: Servers, rounds: int, seconds: int) -> list[BenchRow]:
    bare: list[Round] = []
    ours: dict[str, list[Round]] = {way.name: [] for way in servers.ways}
    for _ in range(rounds):
        bare.append(_round(wrk, servers.bare, BARE, seconds))
        for way in servers.ways:
            ours[way.name].append(_round(wrk, servers.public, way, seconds))
    return [_row(way, ours[way.name], bare) for way in servers.ways]


def _round(wrk: Tool, server: Server, way: Way, seconds: int) -> Round:
    before = _cpuSeconds(server.pid)
    load = loadOf(wrk, server.port, way, seconds)
    return Round(load, (_cpuSeconds(server.pid) - before) / load.requests)


def _row(way: Way, ours: Sequence[Round], bare: Sequence[Round]) -> BenchRow:
    """The processor time is beside the rate, since a busy machine disturbs it less."""
    row = rowOf(way.name, [one.load for one in ours], [one.load for one in bare], STANDARD)
    cpu = [statistics.median(one.cpuSeconds for one in rounds) * 1e6 for rounds in (ours, bare)]
    return replace(row, detail=f"{row.detail}; CPU {cpu[0]:.0f} to {cpu[1]:.0f} µs a request")


def _cpuSeconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[Servers]:
    folder.chmod(0o755)
    services = startTestServices(folder)
    try:
        values = freshSettings(services, folder)
        asyncio.run(_prepareDatabase(services, values))
        public, bare = freePort(), freePort()
        with contextlib.ExitStack() as started:
            ours = startServer(started, "public_server:app", public, "/health/live", values, folder)
            theirs = startServer(started, "scripts.benchmarks.bareServer:app", bare, BARE.path, values, folder)
            yield Servers(ours, theirs, _signIn(public))
    finally:
        services.stop()


async def _prepareDatabase(services: TestServices, values: Mapping[str, str]) -> None:
    """The schema as the migrations make it, and one account whose address is proven."""
    await makeDatabase(services, values)
    clock, database = SystemClock(), Database(values["DATABASE_PUBLIC_URL"])
    crypto = CryptoFactory.fromKeys(values["CRYPTO_MASTER_KEY"], int(values["CRYPTO_KEY_ID"]))
    now = clock.now()
    passwordHash = await crypto.hashPassword(PASSWORD)
    account = UserAccount.register(EmailAddress.parse(EMAIL), passwordHash, None, UserLocale.EN, now)
    async with unitOfWorkOn(database, clock)() as work:
        await work.users.register(account)
        (await work.users.getForUpdate(account.id)).confirmEmail(now)
        await work.commit()
    await database.close()
    crypto.close()


def _signIn(port: int) -> tuple[Way, ...]:
    """Signs in as a browser and as a program; what each was given is checked in a way of its own."""
    person = {"email": EMAIL, "password": PASSWORD}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        browser = client.post("/api/auth/login", json=person | {"client": "browser"}).raise_for_status()
        program = client.post("/api/auth/login", json=person | {"client": "api"}).raise_for_status()
    cookie, token = browser.cookies[COOKIE], program.json()["tokens"]["accessToken"]
    return (
        Way("session check, cookie", CHECKED, (f"Cookie: {COOKIE}={cookie}",)),
        Way("session check, access token", CHECKED, (f"Authorization: Bearer {token}",)),
        Way("session check, forged cookie refused (401)", CHECKED, (f"Cookie: {COOKIE}={cookie[::-1]}",)),
    )


if __name__ == "__main__":
    for benchRow in measure(*(int(argument) for argument in sys.argv[1:3])):
        print(benchRow.toLine())
