"""
What an administrator waits for when there are a million users, on the real admin server, PostgreSQL and Redis.

`python -m scripts.benchmarks.scaleBench [--users N] [--sessions N] [--audit-events N] [--rounds N]`. Suspending is
also measured with a hundredth of it all, which must make no difference.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import httpx
import pyotp
from sqlalchemy.engine import make_url

from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl
from scripts.benchmarks.benchRow import BenchRow
from scripts.benchmarks.ownServers import freshSettings, makeDatabase, startServer
from scripts.benchmarks.scaleData import Amounts, fill
from scripts.stack.paths import ROOT
from scripts.stack.ports import freePort
from scripts.stack.testServices import TestServices, startTestServices
from shared.backend.cryptoFactory import CryptoFactory

FULL: Final = Amounts(users=1_000_000, sessions=5_000_000, auditEvents=10_000_000)
SMALLER: Final = 100
ROUNDS: Final = 40
SUSPENSIONS: Final = 150
SEARCH_AIM_MS: Final = 150.0
SUSPEND_AIM_MS: Final = 200.0
EMAIL: Final = "boss@example.com"
PASSWORD: Final = "violet tram under the old bridge"  # noqa: S105 - of the benchmark's only administrator
# A small machine of one's own for the database; its load is written once, so nothing needs to be kept for a standby.
POSTGRES: Final = {
    "shared_buffers": "512MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}

Ask = Callable[[], tuple[str, dict[str, str]]]
"""The path and query of one request, another one each time."""


@dataclass(frozen=True)
class Subjects:
    """Those whom the administrator asks for."""

    ids: Sequence[UUID]
    people: Sequence[tuple[str, str]]
    someTime: Sequence[str]


@dataclass(frozen=True)
class Waits:
    """How long each request of one sort took, in milliseconds."""

    name: str
    milliseconds: Sequence[float]

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.milliseconds, n=20, method="inclusive")[18]

    def __str__(self) -> str:
        times = self.milliseconds
        return f"p50 {statistics.median(times):.1f}, p95 {self.p95:.1f}, max {max(times):.1f} ms of {len(times)}"


def measure(amounts: Amounts, rounds: int) -> list[BenchRow]:
    """One row for each sort of request, all requests of a sort together; the slowest of them is named."""
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        services = startTestServices(folder, POSTGRES)
        try:
            with _platform(services, folder, amounts.dividedBy(SMALLER)) as (client, subjects):
                few = _suspensions(client, subjects)
            with _platform(services, folder, amounts) as (client, subjects):
                rows = [
                    _rowOf(name, _waits(client, asks, rounds), SEARCH_AIM_MS)
                    for name, asks in _questions(subjects).items()
                ]
                many = _suspensions(client, subjects)
        finally:
            services.stop()
    return [*rows, _rowOf("suspend", [many], SUSPEND_AIM_MS), _independence(few, many)]


def _questions(subjects: Subjects) -> Mapping[str, Mapping[str, Ask]]:
    """What is asked, by sort; common, rare and unknown, alone and mixed."""
    choose = random.Random(3)  # noqa: S311 - picks what to ask for

    def person() -> tuple[str, str]:
        return choose.choice(subjects.people)

    def users(query: Callable[[], str], **more: str) -> Ask:
        return lambda: ("/users", {"query": query(), **more})

    def events(**filters: Callable[[], str]) -> Ask:
        return lambda: ("/audit-events", {name.rstrip("_"): value() for name, value in filters.items()})

    def always(text: str) -> Callable[[], str]:
        return lambda: text

    def userId() -> str:
        return str(choose.choice(subjects.ids))

    def someTime() -> str:
        return choose.choice(subjects.someTime)

    busy, gone = (f"00000000-0000-7000-8000-{number:012}" for number in (2, 1))
    return {
        "user search": {
            "whole name": users(lambda: person()[1]),
            "first name": users(lambda: person()[1].split()[0]),
            "beginning of a last name": users(lambda: person()[1].split()[1][:4]),
            "whole address": users(lambda: person()[0]),
            "beginning of an address": users(lambda: person()[0].partition("@")[0] + "@"),
            "a common domain": users(always("@gmail.com")),
            "a rare word and a common one": users(lambda: f"gmail {person()[1]}"),
            "one letter": users(lambda: choose.choice("abcdefgmnsw")),
            "nobody": users(lambda: f"zq{choose.randrange(10**6)}"),
            "nobody at a common domain": users(lambda: f"zq{choose.randrange(10**6)} gmail com"),
            "a status and a name": users(lambda: person()[1].split()[0], status="suspended"),
            "a rare role": lambda: ("/users", {"role": "auditor"}),
            "suspended merchants": lambda: ("/users", {"role": "merchant", "status": "suspended"}),
            "everybody": lambda: ("/users", {"limit": "200"}),
        },
        "user page": {"any": lambda: (f"/users/{userId()}", {})},
        "session list": {"any": lambda: (f"/users/{userId()}/sessions", {})},
        "audit search": {
            "newest": events(),
            "a user": events(actor=userId),
            "about a user": events(target=userId),
            "a busy administrator": events(actor=always(busy)),
            "one who left long ago": events(actor=always(gone)),
            "what a busy one hardly does": events(actor=always(busy), action=always("role.")),
            "what one did to a user": events(actor=always(busy), target=userId),
            "a common action": events(action=always("auth.signedIn")),
            "an old, rare action": events(action=always("role.removed")),
            "a family": events(action=always("payment.")),
            "an unknown action": events(action=always("never.happened")),
            "a sort of actor": events(actor=always("bank")),
            "a sort of target": events(target=always("role")),
            "until a time": events(to=someTime),
            "a family until a time": events(action=always("user."), to=someTime),
            "a user since a time": events(actor=userId, from_=someTime),
        },
    }


def _waits(client: httpx.Client, asks: Mapping[str, Ask], rounds: int) -> list[Waits]:
    """Each in turn, so that a busy moment of the machine meets all of them; the first turn warms up."""
    taken: dict[str, list[float]] = {name: [] for name in asks}
    for number, (name, ask) in itertools.product(range(rounds + 1), asks.items()):
        path, query = ask()
        startedAt = time.perf_counter()
        answer = client.get(f"/api/admin{path}", params=query)
        milliseconds = (time.perf_counter() - startedAt) * 1000
        answer.raise_for_status()
        taken[name] += [milliseconds] if number else []
    return [Waits(name, milliseconds) for name, milliseconds in taken.items()]


def _suspensions(client: httpx.Client, subjects: Subjects) -> Waits:
    taken = []
    for userId in subjects.ids[:SUSPENSIONS]:
        startedAt = time.perf_counter()
        answer = client.post(f"/api/admin/users/{userId}/suspend", json={"reason": "measured"})
        taken.append((time.perf_counter() - startedAt) * 1000)
        answer.raise_for_status()
    return Waits("suspend", taken[len(taken) // 10 :])


def _rowOf(name: str, waits: Sequence[Waits], aim: float) -> BenchRow:
    every = Waits(name, [each for wait in waits for each in wait.milliseconds])
    slowest = max(waits, key=lambda wait: wait.p95)
    named = f"; slowest: {slowest.name}, {slowest}" if len(waits) > 1 else ""
    return BenchRow(f"{name} (aim {aim:.0f} ms)", aim / every.p95, "aim to p95", f"{every}{named}")


def _independence(few: Waits, many: Waits) -> BenchRow:
    """At one hundredth of the size it should take as long: about 1."""
    ratio = statistics.median(few.milliseconds) / statistics.median(many.milliseconds)
    return BenchRow("suspend, a hundredth to all", ratio, "of p50", f"with a hundredth: {few}")


@contextlib.contextmanager
def _platform(services: TestServices, folder: Path, amounts: Amounts) -> Iterator[tuple[httpx.Client, Subjects]]:
    """An admin server over that much, and an administrator who is signed in there."""
    database = f"k_scale_{amounts.users}"
    print(f"{amounts.users:,} users, {amounts.sessions:,} sessions, {amounts.auditEvents:,} audit events", flush=True)
    values = freshSettings(services, folder, database)
    superuserUrl = make_url(services.superuserUrl).set(database=database).render_as_string(hide_password=False)
    asyncio.run(makeDatabase(services, values, database))
    crypto = CryptoFactory.fromKeys(values["CRYPTO_MASTER_KEY"], int(values["CRYPTO_KEY_ID"]))
    ids = asyncio.run(fill(superuserUrl, amounts, crypto))
    crypto.close()
    subjects = asyncio.run(_subjects(superuserUrl, ids))
    with contextlib.ExitStack() as started:
        server = startServer(started, "admin_server:app", freePort(), "/health/live", values, folder)
        client = started.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30))
        _signIn(client, values)
        yield client, subjects


async def _subjects(superuserUrl: str, ids: Sequence[UUID]) -> Subjects:
    connection = await asyncpg.connect(toDriverUrl(superuserUrl))
    people = await connection.fetch("SELECT email, full_name FROM user_account WHERE id = ANY($1::uuid[])", ids)
    times = await connection.fetch(
        "SELECT (now() - interval '1 day' * n)::timestamptz(0) AS at FROM generate_series(1, 700, 7) AS n"
    )
    await connection.close()
    return Subjects(ids, [(row["email"], row["full_name"]) for row in people], [row["at"].isoformat() for row in times])


def _signIn(client: httpx.Client, values: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "KSysAdmin.backend.infrastructure.cli.createAdmin", "--email", EMAIL, "--password"]
    environment = {**values, "PATH": "/usr/bin:/bin"}
    subprocess.run(
        command, input=f"{PASSWORD}\n", text=True, check=True, cwd=ROOT, env=environment, capture_output=True
    )
    started = client.post("/api/admin/auth/login", json={"email": EMAIL, "password": PASSWORD}).raise_for_status()
    challenge = {"challengeId": started.json()["challengeId"]}
    secret = client.post("/api/admin/auth/mfa/totp/enroll", json=challenge).raise_for_status().json()["secret"]
    code = pyotp.TOTP(secret).now()
    client.post("/api/admin/auth/mfa/totp/confirm", json={**challenge, "code": code}).raise_for_status()
    client.headers["X-CSRF-Token"] = client.get("/api/admin/auth/csrf").raise_for_status().json()["csrfToken"]


def _arguments(argv: Sequence[str]) -> tuple[Amounts, int]:
    parser = argparse.ArgumentParser(prog="scaleBench", description=__doc__)
    parser.add_argument("--users", type=int, default=FULL.users)
    parser.add_argument("--sessions", type=int, default=FULL.sessions)
    parser.add_argument("--audit-events", type=int, default=FULL.auditEvents)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args(argv)
    return Amounts(given.users, given.sessions, given.audit_events), given.rounds


if __name__ == "__main__":
    for benchRow in measure(*_arguments(sys.argv[1:])):
        print(benchRow.toLine())
