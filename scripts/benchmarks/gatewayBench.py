"""
The gateway against a bare nginx proxy, both before the same small server, in interleaved rounds.

`python -m scripts.benchmarks.gatewayBench [rounds [seconds]]` prints the rows. Every side logs one line a request.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from redis import Redis

from scripts.benchmarks.benchRow import BenchRow
from scripts.benchmarks.gatewaySides import Ports, runningSides
from scripts.benchmarks.wrk import Load, Way, loadOf, provisionWrk, rowOf
from scripts.stack.provision import Tool, provisionServices

ROUNDS: Final = 5
SECONDS: Final = 2
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


def measure(rounds: int = ROUNDS, seconds: int = SECONDS) -> list[BenchRow]:
    """Medians of interleaved rounds; bounded by rounds x 6 ways x seconds."""
    tools, wrk = provisionServices(), provisionWrk()
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with runningSides(tools, folder) as sides:
            _publish(sides.ports)
            return _compare(wrk, sides.ports, rounds, seconds)


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


if __name__ == "__main__":
    for benchRow in measure(*(int(argument) for argument in sys.argv[1:3])):
        print(benchRow.toLine())
