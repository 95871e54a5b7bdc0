"""
The gateway against a bare nginx proxy, both before the same small server, in interleaved rounds.

`python -m scripts.benchmarks.gatewayBench [rounds [seconds]]` prints the rows. Every side logs one line a request.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redis import Redis

from scripts.benchmarks.benchRow import BenchRow
from scripts.benchmarks.wrk import Load, Way, loadOf, provisionWrk, rowOf
from scripts.stack.gatewayConfig import renderGatewayConfig
from scripts.stack.ports import freePort
from scripts.stack.provision import ServiceTools, Tool, provisionServices
from scripts.stack.unprivileged import dyingWithParent

ROUNDS: Final = 5
SECONDS: Final = 2
READY_SECONDS: Final = 10.0
POLICIES_FOLLOW_SECONDS: Final = 0.6
PLENTY: Final = 1_000_000_000
SESSION: Final = "aSessionOfTheBenchmark".ljust(43, "x")


WAYS: Final = (
    Way("gateway, no policy matches", "/api/payment/free"),
    Way("gateway, limited by address", "/api/payment/byAddress"),
    Way("gateway, limited by user", "/api/payment/byUser", (f"Cookie: kSession={SESSION}",)),
    Way("gateway, session check answered from the copy", "/api/auth/session", (f"Cookie: kSession={SESSION}",)),
    Way("gateway, refused with 429", "/api/payment/refused"),
)


@dataclass(frozen=True)
class Ports:
    backend: int
    bare: int
    gateway: int
    metrics: int
    redis: int


def measure(rounds: int = ROUNDS, seconds: int = SECONDS) -> list[BenchRow]:
    """Medians of interleaved rounds; bounded by rounds x 6 ways x seconds."""
    tools, wrk = provisionServices(), provisionWrk()
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        ports = _choosePorts()
        with _running(tools, folder, ports):
            _publish(ports)
            return _compare(wrk, ports, rounds, seconds)


def _compare(wrk: Tool, ports: Ports, rounds: int, seconds: int) -> list[BenchRow]:
    bare: list[Load] = []
    ours: dict[str, list[Load]] = {way.name: [] for way in WAYS}
    for _ in range(rounds):
        bare.append(loadOf(wrk, ports.bare, WAYS[0], seconds))
        for way in WAYS:
            ours[way.name].append(loadOf(wrk, ports.gateway, way, seconds))
    return [rowOf(way.name, ours[way.name], bare, "a bare proxy") for way in WAYS]


def _publish(ports: Ports) -> None:
    def policy(name: str, scope: str, limit: int) -> dict[str, object]:
        return {
            "id": name, "name": name, "method": "*", "path": f"/api/payment/{name}", "match": "exact",
            "scope": scope, "limit": limit, "windowSeconds": 86400, "burst": None, "mode": "enforce", "enabled": True,
        }  # fmt: skip

    policies = [policy("byAddress", "ip", PLENTY), policy("byUser", "user", PLENTY), policy("refused", "ip", 1)]
    inAnHour = int(time.time()) + 3600
    session = {
        "userId": "benchmark", "sessionId": "benchmark", "tier": "standard", "audience": "public", "kind": "session",
        "roles": [], "scopes": [], "authenticatedAt": inAnHour, "expiresAt": inAnHour, "endsAt": inAnHour,
    }  # fmt: skip
    with Redis(port=ports.redis) as redis:
        redis.set(f"kauth:session:{hashlib.sha256(SESSION.encode()).hexdigest()}", json.dumps(session))
        redis.mset(
            {
                "kadmin:ratelimit:policies": json.dumps({"version": 1, "policies": policies}),
                "kadmin:ratelimit:version": 1,
            }
        )
    time.sleep(POLICIES_FOLLOW_SECONDS)


@contextlib.contextmanager
def _running(tools: ServiceTools, folder: Path, ports: Ports) -> Iterator[None]:
    gateway = renderGatewayConfig(tools.nginx, _settings(ports, folder), folder / "gateway")
    redis = [
        *tools.redis.command,
        "--port",
        str(ports.redis),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    nginx = {**tools.nginx.environment, "PATH": "/usr/bin:/bin"}
    with contextlib.ExitStack() as started:
        _start(started, redis, tools.redis.runEnvironment(), folder, ports.redis)
        _start(started, _plainNginx(tools, folder, "backend", _backend(ports)), nginx, folder, ports.backend)
        _start(started, _plainNginx(tools, folder, "bare", _bare(ports, folder)), nginx, folder, ports.bare)
        _start(started, gateway, nginx, folder, ports.gateway)
        yield


def _start(
    started: contextlib.ExitStack, command: Sequence[str], environment: Mapping[str, str], folder: Path, port: int
) -> None:
    log = folder / f"{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            dyingWithParent(command), env=environment, stdout=output, stderr=subprocess.STDOUT, cwd="/"
        )
    started.callback(process.wait)
    started.callback(process.terminate)
    deadline = time.monotonic() + READY_SECONDS
    while not _isListening(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)


def _plainNginx(tools: ServiceTools, folder: Path, name: str, server: str) -> list[str]:
    """An nginx without Lua, of the same make and with as many workers as the gateway."""
    home = folder / name
    home.mkdir()
    paths = "".join(
        f"{each}_temp_path {home}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (home / "nginx.conf").write_text(
        f"daemon off;\nworker_processes 2;\npid {home}/nginx.pid;\nerror_log stderr warn;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{\n{paths}keepalive_requests 1000000;\n{server}\n}}\n"
    )
    return [str(tools.nginx.path), "-e", "stderr", "-p", str(home), "-c", str(home / "nginx.conf")]


def _backend(ports: Ports) -> str:
    answer = """default_type application/json; return 200 '{"id":"0192","status":"paid","amount":"150000.00"}';"""
    return f"access_log off;\nserver {{ listen 127.0.0.1:{ports.backend}; location / {{ {answer} }} }}"


def _bare(ports: Ports, folder: Path) -> str:
    return (
        f"access_log {folder}/bare/access.log;\n"
        f"upstream backend {{ server 127.0.0.1:{ports.backend}; keepalive 64; }}\n"
        f"server {{ listen 127.0.0.1:{ports.bare}; location / {{ proxy_pass http://backend; proxy_http_version 1.1;"
        ' proxy_set_header Connection ""; } }'
    )


def _settings(ports: Ports, folder: Path) -> dict[str, str]:
    return {
        "GATEWAY_HTTP_PORT": str(ports.gateway),
        "GATEWAY_METRICS_PORT": str(ports.metrics),
        "PUBLIC_SERVER_PORT": str(ports.backend),
        "ADMIN_SERVER_PORT": str(ports.backend),
        "REDIS_URL": f"redis://127.0.0.1:{ports.redis}/0",
        "GATEWAY_SHARED_SECRET": "of the benchmark",
        "GATEWAY_ACCESS_LOG": str(folder / "access.log"),
    }


def _choosePorts() -> Ports:
    chosen: list[int] = []
    for _ in range(5):
        chosen.append(freePort(avoid=chosen))
    return Ports(*chosen)


def _isListening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    for benchRow in measure(*(int(argument) for argument in sys.argv[1:3])):
        print(benchRow.toLine())
