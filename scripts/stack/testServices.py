"""Real PostgreSQL and Redis for a test run: free ports, no waiting for the disk, gone without a trace afterwards."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scripts.stack.ports import freePort
from scripts.stack.postgresServer import FOR_TESTS, PostgresServer, newPassword
from scripts.stack.precedence import letGoFirst
from scripts.stack.processes import BY_NAME
from scripts.stack.provision import ServiceTools, provisionServices
from scripts.stack.readiness import answersPing
from scripts.stack.unprivileged import dyingWithParent

READY_WITHIN_SECONDS: Final = 120.0
STOP_WITHIN_SECONDS: Final = 5.0


class TestServicesFailedError(Exception):
    """A server did not start; the text holds the end of its log."""

    __test__ = False


@dataclass
class TestServices:
    """What a test run connects to. `stop` may be called more than once."""

    __test__ = False

    superuserUrl: str
    redisUrl: str
    _folder: Path
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def adopt(self, process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        self._processes.append(process)
        return process

    def stop(self) -> None:
        processes, self._processes = self._processes, []
        for process in processes:
            process.send_signal(signal.SIGINT)
        for process in processes:
            _ended(process)
        shutil.rmtree(self._folder, ignore_errors=True)
        atexit.unregister(self.stop)


def startTestServices(directory: Path, postgresSettings: Mapping[str, str] | None = None) -> TestServices:
    """
    Start both servers with everything they write below a folder of their own in `directory`.

    `postgresSettings` goes before what tests need else.
    They live as long as the thread that calls this at most: call it from the main thread.
    """
    tools = provisionServices()
    folder = directory / f"services-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(parents=True)
    settings = {**FOR_TESTS, "max_connections": "300", **(postgresSettings or {})}
    postgres = PostgresServer(tools, folder / "postgres", freePort(), newPassword(), settings)
    redisPort = freePort(avoid={postgres.port})
    services = TestServices(postgres.superuserUrl, f"redis://127.0.0.1:{redisPort}/0", folder)
    atexit.register(services.stop)
    try:
        postgres.initialise()
        server = services.adopt(_start(postgres.startCommand(), folder / "postgres.log", postgres.environment))
        redis = services.adopt(_startRedis(tools, folder, redisPort))
        letGoFirst(server.pid, BY_NAME["postgres"].precedence)
        letGoFirst(redis.pid, BY_NAME["redis"].precedence)
        _await(lambda: postgres.isReady(server.pid), server, folder / "postgres.log")
        _await(lambda: answersPing(redisPort), redis, folder / "redis.log")
    except BaseException:
        services.stop()
        raise
    return services


def _startRedis(tools: ServiceTools, folder: Path, port: int) -> subprocess.Popen[bytes]:
    (folder / "redis").mkdir()
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder / "redis"),
    ]
    return _start(dyingWithParent([*tools.redis.command, *options]), folder / "redis.log", tools.redis.runEnvironment())


def _start(command: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            start_new_session=True,
        )


def _await(isReady: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if isReady():
            return
        time.sleep(0.02)
    raise TestServicesFailedError(f"{log.stem} did not become ready:\n{log.read_text(errors='replace')[-2000:]}")


def _ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
