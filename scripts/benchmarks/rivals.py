"""The rivals in a place of their own: installed once below `var/`, each run with as many processes as we have."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import httpx

from scripts.stack.paths import TOOLS
from scripts.stack.toolchains import nodeEnvironment
from scripts.stack.unprivileged import dyingWithParent

FOLDER: Final = TOOLS / "rivals"
APPS: Final = Path(__file__).parent / "rivalApps"
PYTHON_PACKAGES: Final = (
    "fastapi-users[sqlalchemy]==15.0.5",
    "asyncpg==0.32.0",
    "uvicorn==0.54.0",
    "uvloop==0.23.0",
    "httptools==0.9.0",
)
NODE_PACKAGES: Final = ("better-auth@1.7.25", "pg@8.23.1", "@node-rs/argon2@2.2.1")
READY_SECONDS: Final = 40.0


def installRivals(folder: Path = FOLDER) -> None:
    """Does nothing when they are there in these versions."""
    installOnce(folder / "python", PYTHON_PACKAGES, installPython)
    installOnce(folder / "node", NODE_PACKAGES, installNode)


def installOnce(folder: Path, packages: Sequence[str], install: Callable[[Path, Sequence[str]], None]) -> None:
    """Calls `install` for an empty folder, unless these packages are in it already."""
    stamp, wanted = folder / "installed.txt", "\n".join(packages)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    install(folder, packages)
    stamp.write_text(wanted)


def installPython(folder: Path, packages: Sequence[str]) -> None:
    venv.create(folder / "venv", with_pip=True)
    pip = [str(folder / "venv/bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], check=True)


def installNode(folder: Path, packages: Sequence[str]) -> None:
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    npm = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *packages]
    subprocess.run(npm, check=True, cwd=folder, env=nodeEnvironment())


def startFastapiUsers(
    started: contextlib.ExitStack, port: int, processes: int, settings: Mapping[str, str], folder: Path
) -> None:
    """Runs until `started` is closed; returns when it answers."""
    command = [
        str(FOLDER / "python/venv/bin/python"), "-m", "uvicorn", "fastapiUsersApp:app", "--app-dir", str(APPS),
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(processes), "--loop", "uvloop",
        "--http", "httptools", "--no-access-log", "--no-server-header",
    ]  # fmt: skip
    startRival(started, command, {"PATH": "/usr/bin:/bin", **settings}, folder / "fastapiUsers.log", port, "/live")


def startBetterAuth(
    started: contextlib.ExitStack, port: int, processes: int, settings: Mapping[str, str], folder: Path
) -> None:
    """Runs until `started` is closed; returns when it answers. The program must lie beside its packages."""
    shutil.copy(APPS / "betterAuthApp.mjs", FOLDER / "node")
    environment = nodeEnvironment() | {"NODE_ENV": "production", "PORT": str(port), "PROCESSES": str(processes)}
    log = folder / f"betterAuth{port}.log"
    command = ["node", str(FOLDER / "node/betterAuthApp.mjs")]
    startRival(started, command, environment | dict(settings), log, port, "/api/auth/ok")


def startRival(
    started: contextlib.ExitStack, command: list[str], environment: Mapping[str, str], log: Path, port: int, path: str
) -> int:
    """Runs until `started` is closed; its pid, as soon as it answers."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            dyingWithParent(command),
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            start_new_session=True,  # each weighed by itself
        )
    started.callback(process.wait)
    started.callback(process.terminate)
    awaitAnswer(process, port, path, log)
    return process.pid


def awaitAnswer(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    """Until the server answers there; RuntimeError with the end of its log when it does not."""
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(port, path):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"a server did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def _answers(port: int, path: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}").is_success
    except httpx.TransportError:
        return False
