"""
The gateway against a bare nginx proxy, both before the same small server, in interleaved rounds.

`python -m scripts.benchmarks.gatewayBench [rounds [seconds]]` prints the rows. Every side logs one line a request.
Right before or right after each way, in turns, the bare proxy gets the same request, with the same cookie. Rounds are
short and many: how the connections of a round fall to the two workers tells more than its length. A row says beside the
ratio how often Redis was asked for one request.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from redis import Redis

from scripts.benchmarks.benchPolicies import policyOf, publishPolicies
from scripts.benchmarks.benchRow import BenchRow
from scripts.benchmarks.gatewaySides import Ports, runningSides
from scripts.benchmarks.wrk import Load, Way, loadOf, provisionWrk, rowOf
from scripts.stack.provision import Tool, provisionServices

ROUNDS: Final = 14
SECONDS: Final = 1
PLENTY: Final = 1_000_000_000
SESSION: Final = "aSessionOfTheBenchmark".ljust(43, "x")


COOKIE: Final = (f"Cookie: kSession={SESSION}",)
METRICS_FOLLOW_SECONDS: Final = 0.3
REDIS_CALLS: Final = re.compile(r'^gateway_redis_calls_total\{outcome="answered"\} (\d+)', re.MULTILINE)

WAYS: Final = (
    Way("gateway, no policy matches", "/api/payment/free"),
    Way("gateway, limited by address", "/api/payment/byAddress"),
    Way("gateway, limited by user", "/api/payment/byUser", COOKIE),
    Way("gateway, leased by address", "/api/payment/leasedByAddress"),
    Way("gateway, leased by user", "/api/payment/leasedByUser", COOKIE),
    Way("gateway, session check answered from the copy", "/api/auth/session", COOKIE),
    Way("gateway, refused with 429", "/api/payment/refused"),
)


def measure(rounds: int = ROUNDS, seconds: int = SECONDS) -> list[BenchRow]:
    """Medians of interleaved rounds; bounded by rounds x 7 ways x 2 sides x seconds."""
    tools, wrk = provisionServices(), provisionWrk()
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with runningSides(tools, folder) as sides:
            _publish(sides.ports)
            return _compare(wrk, sides.ports, rounds, seconds)


def _compare(wrk: Tool, ports: Ports, rounds: int, seconds: int) -> list[BenchRow]:
    bare: dict[str, list[Load]] = {way.name: [] for way in WAYS}
    ours: dict[str, list[Load]] = {way.name: [] for way in WAYS}
    asked: dict[str, list[float]] = {way.name: [] for way in WAYS}
    for number in range(rounds):
        for way in WAYS:
            plain = replace(WAYS[0], headers=way.headers)
            if number % 2 == 0:
                bare[way.name].append(loadOf(wrk, ports.bare, plain, seconds))
            before = _redisCalls(ports)
            ours[way.name].append(loadOf(wrk, ports.gateway, way, seconds))
            asked[way.name].append((_redisCalls(ports) - before) / ours[way.name][-1].requests)
            if number % 2 == 1:
                bare[way.name].append(loadOf(wrk, ports.bare, plain, seconds))
    return [_rowOf(way, ours[way.name], bare[way.name], asked[way.name]) for way in WAYS]


def _rowOf(way: Way, ours: Sequence[Load], bare: Sequence[Load], asked: Sequence[float]) -> BenchRow:
    row = rowOf(way.name, ours, bare, "a bare proxy")
    calls = sorted(asked)[len(asked) // 2]
    return replace(row, detail=f"{row.detail}; {calls:.3f} Redis calls a request")


def _redisCalls(ports: Ports) -> int:
    """How often the limiter asked Redis, of all workers."""
    time.sleep(METRICS_FOLLOW_SECONDS)
    with urllib.request.urlopen(f"http://127.0.0.1:{ports.metrics}/metrics") as answer:
        return sum(int(count) for count in REDIS_CALLS.findall(answer.read().decode()))


def _publish(ports: Ports) -> None:
    publishPolicies(
        ports.redis,
        [
            policyOf("byAddress", "/api/payment/byAddress", "ip", PLENTY),
            policyOf("byUser", "/api/payment/byUser", "user", PLENTY),
            policyOf("leasedByAddress", "/api/payment/leasedByAddress", "ip", PLENTY, leased=True),
            policyOf("leasedByUser", "/api/payment/leasedByUser", "user", PLENTY, leased=True),
            policyOf("refused", "/api/payment/refused", "ip", 1),
        ],
    )
    inAnHour = int(time.time()) + 3600
    session = {
        "userId": "benchmark", "sessionId": "benchmark", "tier": "standard", "audience": "public", "kind": "session",
        "roles": [], "scopes": [], "authenticatedAt": inAnHour, "expiresAt": inAnHour, "endsAt": inAnHour,
    }  # fmt: skip
    with Redis(port=ports.redis) as redis:
        redis.set(f"kauth:session:{hashlib.sha256(SESSION.encode()).hexdigest()}", json.dumps(session))


if __name__ == "__main__":
    for benchRow in measure(*(int(argument) for argument in sys.argv[1:3])):
        print(benchRow.toLine())
