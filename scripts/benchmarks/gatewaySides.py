"""What the gateway is measured on and against: a small server, a bare proxy before it, Redis; and how they start."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.stack.gatewayConfig import renderGatewayConfig
from scripts.stack.ports import freePort
from scripts.stack.provision import ServiceTools
from scripts.stack.unprivileged import dyingWithParent

READY_SECONDS: Final = 10.0
PROCESSES: Final = 2
ANSWER: Final = '{"id":"0192","status":"paid","amount":"150000.00"}'


@dataclass(frozen=True)
class Ports:
    backend: int
    bare: int
    gateway: int
    metrics: int
    redis: int


@dataclass(frozen=True)
class Sides:
    """What runs, and where everything of it is written."""

    tools: ServiceTools
    folder: Path
    ports: Ports
    gatewayPid: int
    barePid: int


def choosePorts() -> Ports:
    return Ports(*takePorts(5))


def takePorts(count: int) -> list[int]:
    chosen: list[int] = []
    for _ in range(count):
        chosen.append(freePort(avoid=chosen))
    return chosen


@contextlib.contextmanager
def runningSides(
    tools: ServiceTools, folder: Path, settings: Mapping[str, str] | None = None, ports: Ports | None = None
) -> Iterator[Sides]:
    """Redis, the small server, the bare proxy and the gateway; `settings` win over the gateway's own here."""
    chosen = ports or choosePorts()
    values = gatewaySettings(chosen, folder) | dict(settings or {})
    with contextlib.ExitStack() as started:
        startRedis(started, tools, folder, chosen.redis)
        startNginx(started, tools, folder, "backend", backendServer(chosen.backend), chosen.backend)
        bare = startNginx(started, tools, folder, "bare", bareProxy(chosen, folder), chosen.bare)
        command = renderGatewayConfig(tools.nginx, values, folder / "gateway")
        gateway = startProcess(started, command, nginxEnvironment(tools), folder, chosen.gateway)
        yield Sides(tools, folder, chosen, gateway, bare)


def gatewaySettings(ports: Ports, folder: Path) -> dict[str, str]:
    return {
        "GATEWAY_HTTP_PORT": str(ports.gateway),
        "GATEWAY_METRICS_PORT": str(ports.metrics),
        "PUBLIC_SERVER_PORT": str(ports.backend),
        "ADMIN_SERVER_PORT": str(ports.backend),
        "REDIS_URL": f"redis://127.0.0.1:{ports.redis}/0",
        "GATEWAY_SHARED_SECRET": "of the benchmark",
        "GATEWAY_ACCESS_LOG": str(folder / "access.log"),
    }


def nginxEnvironment(tools: ServiceTools) -> dict[str, str]:
    return {**tools.nginx.environment, "PATH": "/usr/bin:/bin"}


def startRedis(started: contextlib.ExitStack, tools: ServiceTools, folder: Path, port: int) -> int:
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    command = [*tools.redis.command, *options]
    return startProcess(started, command, tools.redis.runEnvironment(), folder, port)


def startNginx(
    started: contextlib.ExitStack, tools: ServiceTools, folder: Path, name: str, server: str, port: int
) -> int:
    """An nginx without Lua, of the same make and with as many workers as the gateway."""
    home = folder / name
    home.mkdir()
    paths = "".join(
        f"{each}_temp_path {home}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (home / "nginx.conf").write_text(
        f"daemon off;\nworker_processes {PROCESSES};\npid {home}/nginx.pid;\nerror_log stderr warn;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{\n{paths}keepalive_requests 1000000;\n{server}\n}}\n"
    )
    command = [str(tools.nginx.path), "-e", "stderr", "-p", str(home), "-c", str(home / "nginx.conf")]
    return startProcess(started, command, nginxEnvironment(tools), folder, port)


def backendServer(port: int) -> str:
    answer = f"default_type application/json; return 200 '{ANSWER}';"
    return f"access_log off;\nserver {{ listen 127.0.0.1:{port}; location / {{ {answer} }} }}"


def bareProxy(ports: Ports, folder: Path) -> str:
    return (
        f"access_log {folder}/bare/access.log;\n"
        f"upstream backend {{ server 127.0.0.1:{ports.backend}; keepalive 64; }}\n"
        f"server {{ listen 127.0.0.1:{ports.bare}; location / {{ proxy_pass http://backend; proxy_http_version 1.1;"
        ' proxy_set_header Connection ""; } }'
    )


def startProcess(
    started: contextlib.ExitStack, command: Sequence[str], environment: Mapping[str, str], folder: Path, port: int
) -> int:
    """Runs until `started` is closed; its pid, as soon as somebody listens on `port`."""
    log = folder / f"{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            dyingWithParent(command),
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,  # each weighed by itself
        )
    started.callback(process.wait)
    started.callback(process.terminate)
    deadline = time.monotonic() + READY_SECONDS
    while not isListening(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)
    return process.pid


def isListening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
