"""Servers of a benchmark's own: one database, the settings of a new checkout, and uvicorn as the stack runs it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from sqlalchemy.engine import make_url

from KSysAdmin.backend.infrastructure.database.bootstrap import RolePasswords, bootstrapRoles
from KSysAdmin.backend.infrastructure.database.migrate import upgradeToHead
from scripts.stack.envFile import freshValues, parseEnv
from scripts.stack.keys import ensureKeys
from scripts.stack.paths import ENV_EXAMPLE, ROOT
from scripts.stack.processes import uvicornCommand
from scripts.stack.testServices import TestServices

READY_SECONDS: Final = 60.0
DATABASE: Final = "k_bench"
PASSWORDS: Final = RolePasswords(owner="owner-of-bench", admin="admin-of-bench", public="public-of-bench")


@dataclass(frozen=True)
class Server:
    """One running uvicorn."""

    port: int
    pid: int


def freshSettings(services: TestServices, folder: Path, database: str = DATABASE) -> dict[str, str]:
    """What `.env` of a new checkout says, with this run's servers and keys."""
    keys = folder / "keys"
    ensureKeys(keys)
    return freshValues(parseEnv(ENV_EXAMPLE.read_text(encoding="utf-8"))) | {
        "REDIS_URL": services.redisUrl,
        "DATABASE_OWNER_URL": _url(services, database, "k_owner", PASSWORDS.owner),
        "DATABASE_PUBLIC_URL": _url(services, database, "k_public", PASSWORDS.public),
        "DATABASE_ADMIN_URL": _url(services, database, "k_admin", PASSWORDS.admin),
        "BRI_PRIVATE_KEY_FILE": str(keys / "merchantPrivateKey.pem"),
        "BRI_BANK_PUBLIC_KEY_FILE": str(keys / "bankPublicKey.pem"),
    }


async def makeDatabase(services: TestServices, values: Mapping[str, str], database: str = DATABASE) -> None:
    """The schema as the migrations make it."""
    await bootstrapRoles(services.superuserUrl, database, PASSWORDS)
    await upgradeToHead(values["DATABASE_OWNER_URL"])


def startServer(
    started: contextlib.ExitStack,
    application: str,
    port: int,
    path: str,
    values: Mapping[str, str],
    folder: Path,
    processes: int = 1,
) -> Server:
    """Runs until `started` is closed; returns when `path` answers."""
    log = folder / f"{port}.log"
    environment = {**values, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LOG_LEVEL": "WARNING"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            # killed, it would leave its workers behind
            [*uvicornCommand(sys.executable, application, port, "TERM"), "--workers", str(processes)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,  # each weighed by itself
        )
    started.callback(process.wait)
    started.callback(process.terminate)
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(port, path):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{application} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)
    return Server(port, process.pid)


def _answers(port: int, path: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}").is_success
    except httpx.TransportError:
        return False


def _url(services: TestServices, database: str, role: str, password: str) -> str:
    url = make_url(services.superuserUrl).set(username=role, password=password, database=database)
    return url.render_as_string(hide_password=False)
