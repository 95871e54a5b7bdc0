"""
What ten thousand silent connections cost the gateway: `python -m scripts.benchmarks.gatewayIdleBench [count]`.

Event streams (each also holds a connection to the server behind), and kept connections after one answer. What is asked
for by users is limited, as it is on a new machine; checkouts are not.
"""

from __future__ import annotations

import contextlib
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.benchmarks.benchPolicies import policyOf, publishPolicies
from scripts.benchmarks.benchRow import BenchRow
from scripts.benchmarks.gatewaySides import (
    Ports,
    choosePorts,
    gatewaySettings,
    nginxEnvironment,
    startProcess,
    startRedis,
)
from scripts.stack.gatewayConfig import renderGatewayConfig
from scripts.stack.memory import proportionalBytes
from scripts.stack.paths import ROOT, VENV_PYTHON
from scripts.stack.provision import provisionServices
from scripts.stack.supervisor import raiseOpenFileLimit

COUNT: Final = 10_000
AIM_MB: Final = 150.0
MEGABYTE: Final = 1_000_000
SETTLE_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 8.0
ANSWER_SECONDS: Final = 20.0
SPARE_FILES: Final = 200
# what a browser sends on its own
REQUEST: Final = "\r\n".join(
    (
        "GET {path} HTTP/1.1",
        "Host: gateway.test",
        "Connection: keep-alive",
        "Cache-Control: no-cache",
        'sec-ch-ua: "Chromium";v="150", "Not?A_Brand";v="99"',
        "sec-ch-ua-mobile: ?0",
        'sec-ch-ua-platform: "Linux"',
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 "
        "Safari/537.36",
        "Accept: text/event-stream",
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Mode: cors",
        "Sec-Fetch-Dest: empty",
        "Referer: https://gateway.test/payment/checkout/01jd0w6w5y3q4v9n8m7k6j5h4g",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Accept-Language: en-US,en;q=0.9,id;q=0.8",
        "Cookie: kSession={cookie}",
        "\r\n",
    )
)
# named as on a new machine; wider, because all callers are one address here
POLICIES: Final = (
    policyOf("Payments per address", "/api/payment/payments", "ip", 120_000, match="prefix", seconds=60),
    policyOf("Payments per user", "/api/payment/payments", "user", 60_000, match="prefix", seconds=60),
)
COOKIE: Final = "aSessionOfTheBenchmark".ljust(43, "x")


@dataclass(frozen=True)
class Kind:
    """One way to be idle, and what has come in when it begins."""

    name: str
    path: str
    begun: bytes


CHECKOUT: Final = f"/api/payment/checkouts/{'aCheckout'.ljust(43, 'x')}"
PAYMENT: Final = "/api/payment/payments/019321e8-0000-7000-8000-000000000001"
KINDS: Final = (
    Kind("idle event streams of checkouts", f"{CHECKOUT}/events", b"data: here"),
    Kind("idle event streams of users", f"{PAYMENT}/events", b"data: here"),
    Kind("idle kept connections", PAYMENT, b"{}"),
)


def measure(count: int = COUNT) -> list[BenchRow]:
    """How often the gateway with that many idle connections fits into what it aims at; more is better."""
    raiseOpenFileLimit()
    _ensureEnoughFiles(count)
    return [_measure(kind, count) for kind in KINDS]


def _measure(kind: Kind, count: int) -> BenchRow:
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name, contextlib.ExitStack() as started:
        folder = Path(name)
        folder.chmod(0o755)
        ports = choosePorts()
        gateway = _start(started, folder, ports)
        publishPolicies(ports.redis, POLICIES)
        time.sleep(SETTLE_SECONDS)
        empty = proportionalBytes(gateway)
        held = [started.enter_context(one) for one in _opened(kind, ports.gateway, count)]
        time.sleep(IDLE_SECONDS)
        full = proportionalBytes(gateway)
        lost = sum(_isClosed(one) for one in held)
    each = (full - empty) / count
    detail = (
        f"{full / MEGABYTE:.0f} MB with {count - lost:,} of {count:,} open, {empty / MEGABYTE:.0f} MB with none,"
        f" {each / 1000:.1f} kB each; the aim is {AIM_MB:.0f} MB"
    )
    return BenchRow(f"{count:,} {kind.name}", AIM_MB * MEGABYTE / full, "aim to use", detail)


def _start(started: contextlib.ExitStack, folder: Path, ports: Ports) -> int:
    tools = provisionServices()
    startRedis(started, tools, folder, ports.redis)
    server = [str(VENV_PYTHON), "-m", "scripts.benchmarks.idleServer", str(ports.backend)]
    startProcess(started, server, {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, folder, ports.backend)
    command = renderGatewayConfig(tools.nginx, gatewaySettings(ports, folder), folder / "gateway")
    return startProcess(started, command, nginxEnvironment(tools), folder, ports.gateway)


def _opened(kind: Kind, port: int, count: int) -> Iterator[socket.socket]:
    request = REQUEST.format(path=kind.path, cookie=COOKIE).encode()
    for _ in range(count):
        one = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        one.sendall(request)
        received = b""
        while kind.begun not in received:
            piece = one.recv(65536)
            if not piece:
                raise RuntimeError(f"the gateway hung up after {received[:300]!r}")
            received += piece
        yield one


def _isClosed(one: socket.socket) -> bool:
    one.setblocking(False)
    try:
        return one.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _ensureEnoughFiles(count: int) -> None:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit < count + SPARE_FILES:
        raise SystemExit(f"{count:,} connections take more open files than this shell may have ({limit:,})")


if __name__ == "__main__":
    for benchRow in measure(*(int(argument) for argument in sys.argv[1:2])):
        print(benchRow.toLine())
