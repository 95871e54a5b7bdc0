"""Others who limit with Redis, in a place of their own below `var/`, each with as many processes as the gateway."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scripts.benchmarks.gatewaySides import PROCESSES
from scripts.benchmarks.rivals import APPS, installNode, installOnce, installPython, startRival
from scripts.stack.paths import TOOLS
from scripts.stack.toolchains import nodeEnvironment

FOLDER: Final = TOOLS / "gatewayRivals"
PYTHON_PACKAGES: Final = (
    "fastapi==0.165.0",
    "slowapi==0.1.10",
    "limits==5.8.0",
    "redis[hiredis]==8.1.0",
    "uvicorn==0.54.0",
    "uvloop==0.23.0",
    "httptools==0.9.0",
)
NODE_PACKAGES: Final = ("express@5.3.0", "express-rate-limit@8.7.4", "rate-limit-redis@6.0.1", "redis@6.3.1")


def installGatewayRivals(folder: Path = FOLDER) -> None:
    """Does nothing when they are there in these versions."""
    installOnce(folder / "python", PYTHON_PACKAGES, installPython)
    installOnce(folder / "node", NODE_PACKAGES, installNode)


def startSlowapi(started: contextlib.ExitStack, port: int, redisUrl: str, folder: Path) -> int:
    """Runs until `started` is closed; its pid, when it answers."""
    return _startPython(started, "slowapiApp:app", port, redisUrl, folder, "/free")


def startLimitingApp(started: contextlib.ExitStack, port: int, redisUrl: str, folder: Path) -> int:
    """Runs until `started` is closed; its pid, when it answers."""
    return _startPython(started, "limitingApp:app", port, redisUrl, folder, "/api/admin/app/free")


def startExpress(started: contextlib.ExitStack, port: int, redisUrl: str, folder: Path) -> int:
    """Runs until `started` is closed; its pid, when it answers. The program must lie beside its packages."""
    shutil.copy(APPS / "expressLimitApp.mjs", FOLDER / "node")
    settings = {"NODE_ENV": "production", "PORT": str(port), "PROCESSES": str(PROCESSES), "REDIS_URL": redisUrl}
    command = ["node", str(FOLDER / "node/expressLimitApp.mjs")]
    return startRival(started, command, nodeEnvironment() | settings, folder / f"express{port}.log", port, "/free")


def _startPython(
    started: contextlib.ExitStack, application: str, port: int, redisUrl: str, folder: Path, path: str
) -> int:
    command: Sequence[str] = [
        str(FOLDER / "python/venv/bin/python"), "-m", "uvicorn", application, "--app-dir", str(APPS),
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(PROCESSES), "--loop", "uvloop",
        "--http", "httptools", "--no-access-log", "--no-server-header",
    ]  # fmt: skip
    environment = {"PATH": "/usr/bin:/bin", "REDIS_URL": redisUrl}
    return startRival(started, list(command), environment, folder / f"{port}.log", port, path)
