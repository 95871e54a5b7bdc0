"""
What limiting costs: this gateway and others who limit with Redis, near and half a millisecond away, in turns.

`scripts/bench gatewayPeers`, or `python -m scripts.benchmarks.gatewayPeersBench [rounds [seconds]]`. Each row is one
kind of request. "of free" is its rate to that of the same servers without a limit: for the gateway (and for what nginx
itself has) a bare nginx proxy before the same small server, for slowapi and express-rate-limit the same route without
one. All have two processes and the same load (wrk, 32 connections). CPU is that of the servers in front of Redis, to
that of the free request. Redis reads are those Redis counts (`total_reads_processed`): one for each time somebody asked
it something, however much. The p50 is what a request takes longer than a free one at some 900 requests/s.

The lines below the table compare the gateway before an application with the same limits in the application: all on all
processors, and each side on one of its own. The rivals are installed below `var/` at the first run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from redis import Redis

from scripts.benchmarks.benchPolicies import policyOf, publishPolicies
from scripts.benchmarks.gatewayRivals import (
    installGatewayRivals,
    startExpress,
    startLimitingApp,
    startSlowapi,
)
from scripts.benchmarks.gatewaySides import (
    Sides,
    gatewaySettings,
    nginxEnvironment,
    runningSides,
    startNginx,
    startProcess,
    takePorts,
)
from scripts.benchmarks.slowRedis import DelayingProxy
from scripts.benchmarks.wrk import Load, Way, loadOf, provisionWrk
from scripts.stack.gatewayConfig import renderGatewayConfig
from scripts.stack.provision import Tool, provisionServices

ROUNDS: Final = 8
SECONDS: Final = 1
PLENTY: Final = 1_000_000_000
# what the proxy holds back; with what it costs itself a round trip takes about 0.5 ms longer
HELD_BACK_MS: Final = 0.28
GENTLE: Final = "function delay() return 8 end\n"
GENTLE_CONNECTIONS: Final = 8
HALF: Final = re.compile(r"^\s+50%\s+([\d.]+)(us|ms|s)\s*$", re.MULTILINE)
UNITS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0}
TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
SESSION: Final = "aSessionOfTheBenchmark".ljust(43, "x")
USER: Final = (f"Cookie: kSession={SESSION}",)
ADMINISTRATOR: Final = (f"Cookie: kAdminSession={SESSION}",)


@dataclass(frozen=True)
class Subject:
    """One kind of request of one server; `free` names the subject that shows what it costs without a limit."""

    name: str
    free: str
    port: int
    pid: int
    way: Way


@dataclass(frozen=True)
class Seen:
    """One round of one subject."""

    load: Load
    cpuMicroseconds: float
    redisReads: float
    halfMs: float


Rounds = Mapping[str, Sequence[Seen]]


def measure(rounds: int = ROUNDS, seconds: int = SECONDS) -> list[str]:
    """The lines of the table; medians of interleaved rounds."""
    installGatewayRivals()
    tools, wrk = provisionServices(), provisionWrk()
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name, contextlib.ExitStack() as started:
        folder = Path(name)
        folder.chmod(0o755)
        gentle = folder / "gentle.lua"
        gentle.write_text(GENTLE)
        sides = started.enter_context(runningSides(tools, folder))
        with Redis(port=sides.ports.redis) as redis:
            subjects = list(_subjects(started, sides))
            _publish(sides.ports.redis)
            far = _roundTripMs(started, sides)
            for subject in subjects:
                _ensureAnswers(subject)
                loadOf(wrk, subject.port, subject.way, 1)  # what is compiled while it runs is compiled now
            seen: dict[str, list[Seen]] = defaultdict(list)
            for number in range(rounds):
                # there and back, so that a machine that becomes slower does so for all of them
                for subject in subjects if number % 2 == 0 else reversed(subjects):
                    seen[subject.name].append(_look(wrk, redis, subject, seconds, gentle))
            apart = _apart(wrk, [subject for subject in subjects if " the app, " in subject.name], rounds, seconds)
    return [
        *_table(subjects, seen),
        *apart,
        f"far: a round trip to Redis takes {far[1]:.2f} ms instead of {far[0]:.2f} ms",
    ]


def _subjects(started: contextlib.ExitStack, sides: Sides) -> Iterator[Subject]:
    ports, folder = sides.ports, sides.folder
    near = f"redis://127.0.0.1:{ports.redis}/0"
    farPort, farGateway, farMetrics, slowPort, farSlow, express, farExpress, app, appGateway, appMetrics = takePorts(10)
    appBare, own = takePorts(2)
    proxy = DelayingProxy(farPort, ports.redis, HELD_BACK_MS)
    proxy.start()
    started.callback(proxy.stop)
    far = f"redis://127.0.0.1:{farPort}/0"

    yield Subject("bare proxy", "bare proxy", ports.bare, sides.barePid, Way("", "/api/payment/free"))
    yield from _gatewaySubjects("gateway", ports.gateway, sides.gatewayPid)
    ownPorts = {"GATEWAY_HTTP_PORT": str(farGateway), "GATEWAY_METRICS_PORT": str(farMetrics), "REDIS_URL": far}
    pid = _startGateway(started, sides, "farGateway", ownPorts, farGateway)
    yield from _gatewaySubjects("far gateway", farGateway, pid)

    pid = startNginx(started, sides.tools, folder, "limitReq", _limitReq(ports.backend, own, folder), own)
    for kind in ("limited", "refused"):
        yield Subject(f"nginx limit_req (one node), {kind}", "bare proxy", own, pid, Way("", f"/{kind}"))

    for prefix, port, url, start in (
        ("slowapi", slowPort, near, startSlowapi),
        ("far slowapi", farSlow, far, startSlowapi),
        ("express", express, near, startExpress),
        ("far express", farExpress, far, startExpress),
    ):
        pid = start(started, port, url, folder)
        for kind in ("free", "limited", "refused"):
            yield Subject(f"{prefix}, {kind}", f"{prefix}, free", port, pid, Way("", f"/{kind}"))

    startLimitingApp(started, app, near, folder)
    bareServer = (
        f"access_log {folder}/appBare/access.log;\nupstream app {{ server 127.0.0.1:{app}; keepalive 64; }}\n"
        f"server {{ listen 127.0.0.1:{appBare}; location / {{ proxy_pass http://app; proxy_http_version 1.1;"
        ' proxy_set_header Connection ""; } }'
    )
    pid = startNginx(started, sides.tools, folder, "appBare", bareServer, appBare)
    for kind in ("free", "limited", "refused"):
        way = Way("", f"/api/admin/app/{kind}", ADMINISTRATOR)
        yield Subject(f"in the app, {kind}", "in the app, free", appBare, pid, way)
    ownPorts = {
        "GATEWAY_HTTP_PORT": str(appGateway), "GATEWAY_METRICS_PORT": str(appMetrics), "ADMIN_SERVER_PORT": str(app),
    }  # fmt: skip
    pid = _startGateway(started, sides, "appGateway", ownPorts, appGateway)
    for kind, path in (("limited", "byGateway"), ("refused", "byGatewayRefused")):
        way = Way("", f"/api/admin/app/{path}", ADMINISTRATOR)
        yield Subject(f"in the gateway before the app, {kind}", "in the app, free", appGateway, pid, way)


def _limitReq(backend: int, port: int, folder: Path) -> str:
    """What nginx has itself, in shared memory: no other node knows of it, and no user."""
    proxy = 'proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";'
    return (
        f"access_log {folder}/limitReq/access.log;\nlimit_req_status 429;\nlimit_req_log_level info;\n"
        "limit_req_zone $binary_remote_addr zone=plenty:4m rate=1000000r/s;\n"
        "limit_req_zone $binary_remote_addr zone=nothing:4m rate=1r/m;\n"
        f"upstream backend {{ server 127.0.0.1:{backend}; keepalive 64; }}\nserver {{ listen 127.0.0.1:{port};"
        f" location = /limited {{ limit_req zone=plenty burst=100000 nodelay; {proxy} }}"
        f" location = /refused {{ limit_req zone=nothing; {proxy} }} }}"
    )


def _gatewaySubjects(prefix: str, port: int, pid: int) -> Iterator[Subject]:
    for kind, headers in (("byAddress", ()), ("byUser", USER), ("leased", ()), ("refused", ())):
        way = Way("", f"/api/payment/{kind}", headers)
        yield Subject(f"{prefix}, {kind}", "bare proxy", port, pid, way)


def _startGateway(
    started: contextlib.ExitStack, sides: Sides, name: str, settings: Mapping[str, str], port: int
) -> int:
    home = sides.folder / name
    home.mkdir()
    values = gatewaySettings(sides.ports, home) | dict(settings)
    command = renderGatewayConfig(sides.tools.nginx, values, home)
    return startProcess(started, command, nginxEnvironment(sides.tools), sides.folder, port)


def _publish(port: int) -> None:
    inAnHour = int(time.time()) + 3600
    session = {
        "userId": "benchmark", "sessionId": "benchmark", "tier": "standard", "kind": "session", "roles": [],
        "scopes": [], "authenticatedAt": inAnHour, "expiresAt": inAnHour, "endsAt": inAnHour,
    }  # fmt: skip
    digest = hashlib.sha256(SESSION.encode()).hexdigest()
    with Redis(port=port) as redis:
        redis.mset(
            {
                f"kauth:session:{digest}": json.dumps(session | {"audience": "public"}),
                f"kadmin:session:{digest}": json.dumps(session | {"audience": "admin"}),
            }
        )
    policies = [
        policyOf("byAddress", "/api/payment/byAddress", "ip", PLENTY),
        policyOf("byUser", "/api/payment/byUser", "user", PLENTY),
        policyOf("leased", "/api/payment/leased", "ip", PLENTY, leased=True),
        policyOf("refused", "/api/payment/refused", "ip", 1),
        policyOf("byGateway", "/api/admin/app/byGateway", "user", PLENTY),
        policyOf("byGatewayRefused", "/api/admin/app/byGatewayRefused", "user", 1),
    ]
    publishPolicies(port, policies)


def _roundTripMs(started: contextlib.ExitStack, sides: Sides) -> tuple[float, float]:
    """To Redis itself, and through a proxy as the far ones have it."""
    (port,) = takePorts(1)
    proxy = DelayingProxy(port, sides.ports.redis, HELD_BACK_MS)
    proxy.start()
    started.callback(proxy.stop)
    return _pingMs(sides.ports.redis), _pingMs(port)


def _pingMs(port: int) -> float:
    times = []
    with Redis(port=port) as redis:
        for _ in range(200):
            startedAt = time.perf_counter()
            redis.ping()
            times.append(time.perf_counter() - startedAt)
    return statistics.median(times) * 1000


def _ensureAnswers(subject: Subject) -> None:
    """So that nobody is measured who only says that something is wrong."""
    headers = dict(header.split(": ", 1) for header in subject.way.headers)
    url = f"http://127.0.0.1:{subject.port}{subject.way.path}"
    statuses = [httpx.get(url, headers=headers).status_code for _ in range(3)]
    expected = 429 if subject.name.endswith("refused") else 200
    if statuses[-1] != expected:
        raise RuntimeError(f"{subject.name} answers {statuses}, not {expected}")


def _look(wrk: Tool, redis: Redis, subject: Subject, seconds: int, gentle: Path) -> Seen:
    cpu, reads = _cpuSeconds(subject.pid), _readsOf(redis)
    load = loadOf(wrk, subject.port, subject.way, seconds)
    cpu, reads = _cpuSeconds(subject.pid) - cpu, _readsOf(redis) - reads - 1
    return Seen(load, cpu * 1e6 / load.requests, reads / load.requests, _halfMs(wrk, subject.port, subject.way, gentle))


def _cpuSeconds(pid: int) -> float:
    """What a process and those it started have used, as far as they still run."""
    process = Path("/proc") / str(pid)
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    children = (process / "task" / str(pid) / "children").read_text().split()
    own = (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
    return own + sum(_cpuSeconds(int(child)) for child in children)


def _readsOf(redis: Redis) -> int:
    return int(redis.info("stats")["total_reads_processed"])


def _halfMs(wrk: Tool, port: int, way: Way, gentle: Path) -> float:
    headers = [part for header in way.headers for part in ("-H", header)]
    size = ["-t1", f"-c{GENTLE_CONNECTIONS}", "-d1s", "--latency", "-s", str(gentle)]
    command = [*wrk.command, *size, *headers, f"http://127.0.0.1:{port}{way.path}"]
    done = subprocess.run(command, env=wrk.runEnvironment(), capture_output=True, text=True, check=True)
    found = HALF.search(done.stdout)
    if found is None:
        raise RuntimeError(f"wrk said nothing of a median: {done.stdout}")
    return float(found[1]) * UNITS[found[2]]


def _table(subjects: Sequence[Subject], seen: Rounds) -> Iterator[str]:
    yield f"{'':<40} {'requests/s':>10} {'of free':>8} {'CPU':>6} {'added p50':>10} {'Redis reads':>12}"
    for subject in subjects:
        ours, theirs = seen[subject.name], seen[subject.free]
        pairs = list(zip(ours, theirs, strict=True))
        rate = statistics.median(one.load.perSecond for one in ours)
        ratio = statistics.median(one.load.perSecond / other.load.perSecond for one, other in pairs)
        cpu = statistics.median(one.cpuMicroseconds / other.cpuMicroseconds for one, other in pairs)
        added = statistics.median(one.halfMs - other.halfMs for one, other in pairs)
        reads = statistics.median(one.redisReads for one in ours)
        yield f"{subject.name:<40} {rate:>10,.0f} {ratio:>8.2f} {cpu:>6.2f} {added:>7.2f} ms {reads:>12.4f}"
    yield from _gatewayToApp({name: [one.load for one in rounds] for name, rounds in seen.items()}, "all together")


def _gatewayToApp(loads: Mapping[str, Sequence[Load]], where: str) -> Iterator[str]:
    for kind in ("limited", "refused"):
        pairs = list(zip(loads[f"in the gateway before the app, {kind}"], loads[f"in the app, {kind}"], strict=True))
        ratio = statistics.median(one.perSecond / other.perSecond for one, other in pairs)
        rates = [statistics.median(load.perSecond for load in side) for side in zip(*pairs, strict=True)]
        said = f"{rates[0]:,.0f}/s to {rates[1]:,.0f}/s"
        yield f"{'in the gateway to in the app, ' + kind:<40} {ratio:>10.2f} x  {said}, {where}"


def _apart(wrk: Tool, subjects: Sequence[Subject], rounds: int, seconds: int) -> list[str]:
    """Once more with one processor for all who serve and another for who asks: else it is who asks that is measured."""
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) == 1:
        return []
    try:
        _confine(os.getpid(), processors[0])
    except OSError:  # root without its capabilities
        return ["each side on a processor of its own: not allowed here"]
    os.sched_setaffinity(0, {processors[-1]})
    loads: dict[str, list[Load]] = defaultdict(list)
    for _ in range(rounds):
        for subject in subjects:
            loads[subject.name].append(loadOf(wrk, subject.port, subject.way, seconds))
    os.sched_setaffinity(0, processors)
    return list(_gatewayToApp(loads, "each side on a processor of its own"))


def _confine(pid: int, processor: int) -> None:
    """A process and those it started."""
    tasks = list((Path("/proc") / str(pid) / "task").iterdir())
    for task in tasks:
        os.sched_setaffinity(int(task.name), {processor})
    for child in {int(child) for task in tasks for child in (task / "children").read_text().split()}:
        _confine(child, processor)


if __name__ == "__main__":
    for line in measure(*(int(argument) for argument in sys.argv[1:3])):
        print(line)
