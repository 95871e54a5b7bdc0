"""
Steady traffic for a minute or an hour: `python -m scripts.benchmarks.gatewaySoakBench [seconds [perSecond]]`.

Nothing may fail, and memory may not grow for ever: the highest of the last quarter is compared with that of
the second. (What is remembered of callers fills up first, and Lua lets garbage lie until it is several times the rest.)
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from scripts.benchmarks.benchPolicies import Policy, policyOf, publishPolicies
from scripts.benchmarks.benchRow import BenchRow
from scripts.benchmarks.gatewaySides import Sides, runningSides
from scripts.benchmarks.wire import Wire
from scripts.stack.memory import proportionalBytes
from scripts.stack.provision import provisionServices

SECONDS: Final = 60
PER_SECOND: Final = 400
CONNECTIONS: Final = 40
QUARTERS: Final = 4
MEMORY_EVERY_SECONDS: Final = 1.0
MEGABYTE: Final = 1_000_000
BROKEN: Final = 0
EXPECTED: Final = {200, 400, 404, 429}
# What a day brings: reads, writes, callers nobody knows, refusals, nonsense.
REQUESTS: Final[Sequence[tuple[str, str, dict[str, str]]]] = (
    ("GET", "/api/payment/byAddress", {}),
    ("POST", "/api/payment/payments", {"Idempotency-Key": "soak"}),
    ("GET", "/api/payment/byUser", {"Cookie": "kSession={number:043d}"}),
    ("GET", "/api/payment/refused", {}),
    ("GET", "/api/payment/few", {}),
    ("GET", "/api/auth/../admin", {}),
    ("GET", "/nothing/{number}", {}),
    ("GET", "/health", {}),
)


def measure(seconds: int = SECONDS, perSecond: int = PER_SECOND) -> list[BenchRow]:
    """The highest memory of the second quarter to that of the last one: 1 is flat, less has grown."""
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with runningSides(provisionServices(), folder) as sides:
            _publish(sides)
            return [asyncio.run(_soak(sides, seconds, perSecond))]


async def _soak(sides: Sides, seconds: int, perSecond: int) -> BenchRow:
    statuses: Counter[int] = Counter()
    numbers = itertools.count()
    until = time.monotonic() + seconds
    senders = [_send(sides.ports.gateway, until, perSecond, numbers, statuses, place) for place in range(CONNECTIONS)]
    watching = asyncio.create_task(_watch(sides.gatewayPid, until))
    await asyncio.gather(*senders)
    memory = await watching
    highest = [
        max(memory[len(memory) * part // QUARTERS : max(1, len(memory) * (part + 1) // QUARTERS)])
        for part in range(QUARTERS)
    ]
    failed = sum(count for status, count in statuses.items() if status not in EXPECTED)
    detail = (
        f"{statuses.total():,} requests, {failed} failed; at most"
        f" {', '.join(f'{each / MEGABYTE:.0f}' for each in highest)} MB in each quarter; {_told(statuses)}"
    )
    return BenchRow(f"soak of {seconds} s at {perSecond}/s", highest[1] / highest[-1], "memory", detail)


async def _send(
    port: int, until: float, perSecond: int, numbers: Iterator[int], statuses: Counter[int], place: int
) -> None:
    every = CONNECTIONS / perSecond
    due = time.monotonic() + place * every / CONNECTIONS
    async with Wire(f"http://127.0.0.1:{port}") as wire:
        while due < until:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due += every
            number = next(numbers)
            method, path, headers = REQUESTS[number % len(REQUESTS)]
            filled = {name: value.format(number=number) for name, value in headers.items()}
            statuses[await _once(wire, method, path.format(number=number), filled)] += 1


async def _once(wire: Wire, method: str, path: str, headers: dict[str, str]) -> int:
    try:
        return (await wire.ask(method, path, headers)).status
    except (OSError, TimeoutError):
        return BROKEN


async def _watch(pid: int, until: float) -> list[int]:
    memory: list[int] = []
    while time.monotonic() < until:
        memory.append(proportionalBytes(pid))
        await asyncio.sleep(MEMORY_EVERY_SECONDS)
    return memory


def _publish(sides: Sides) -> None:
    def policy(name: str, scope: str, limit: int) -> Policy:
        return policyOf(name, f"/api/payment/{name}", scope, limit, seconds=60)

    policies = [
        policy("byAddress", "ip", 9000),
        policy("byUser", "user", 9000),
        policy("refused", "ip", 1),
        policy("few", "ip", 100),
    ]
    publishPolicies(sides.ports.redis, policies)


def _told(statuses: Counter[int]) -> str:
    return ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))


if __name__ == "__main__":
    for benchRow in measure(*(int(argument) for argument in sys.argv[1:3])):
        print(benchRow.toLine())
