"""
Signing in, checking a session and refreshing, against two rivals and against what the machine can do; in turns.

`scripts/bench auth`, or `python -m scripts.benchmarks.authBench [rounds [seconds]]`. The rivals are fastapi-users
(rivalApps/fastapiUsersApp.py) and better-auth (rivalApps/betterAuthApp.mjs), installed below `var/` at the first run.
Everybody has the same PostgreSQL, which waits for the disk at each commit, Argon2id at the same cost, as many
processes as the machine has cores, ten database connections a process, uvloop and httptools or node in production
mode, and no proxy in front; K has its gateway in front only where the row says so.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from scripts.benchmarks.authLoads import (
    devicesOf,
    loginsPerSecond,
    refreshesPerSecond,
    refusalMilliseconds,
    slowestCheck,
)
from scripts.benchmarks.authSides import PASSWORD, PEOPLE, PROCESSES, RIVALS_PEOPLE, Sides, running
from scripts.benchmarks.benchRow import BenchRow
from scripts.benchmarks.wrk import Load, loadOf, provisionWrk, rowOf
from shared.backend.cryptoFactory import CryptoFactory, PasswordHashing

ROUNDS: Final = 5
SECONDS: Final = 4
HASHES: Final = 20
REFRESH_AIM: Final = 240
REFUSED_WITHIN_MS: Final = 100.0
GATEWAY: Final = "K at the gateway"


def measure(rounds: int = ROUNDS, seconds: int = SECONDS) -> list[BenchRow]:
    """Medians of interleaved rounds; bounded by rounds x 12 x seconds, and half a minute to start everything."""
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name, running(Path(name)) as sides:
        hashSeconds = asyncio.run(_hashSeconds(sides.values))
        checks, rates = _checks(sides, rounds, seconds), asyncio.run(_rates(sides, rounds, seconds))
    return [
        *_loginRows(rates, hashSeconds),
        *_checkRows(checks),
        _refreshRow(rates["refresh"]),
        _fullPoolRow(rates["idle"], rates["full"]),
        _refusalRow(rates["refusals"]),
    ]


def _checks(sides: Sides, rounds: int, seconds: int) -> Mapping[str, Sequence[Load]]:
    wrk = provisionWrk()
    ways = {side.name: (side.port, asyncio.run(side.way())) for side in sides.all}
    ways[GATEWAY] = (sides.gatewayPort, ways["K"][1])
    for port, way in ways.values():
        loadOf(wrk, port, way, seconds)  # what is compiled while it runs is compiled now
    loads: dict[str, list[Load]] = defaultdict(list)
    for _ in range(rounds):
        for name, (port, way) in ways.items():
            loads[name].append(loadOf(wrk, port, way, seconds))
    return loads


async def _rates(sides: Sides, rounds: int, seconds: int) -> Mapping[str, Sequence[float]]:
    rates: dict[str, list[float]] = defaultdict(list)
    crowd = await devicesOf(sides.ours, PEOPLE)
    devices = {side: await devicesOf(side, RIVALS_PEOPLE) for side in (sides.ours, *sides.rivals)}
    for _ in range(rounds):
        for side, known in devices.items():
            rates[side.name].append(await loginsPerSecond(side, known, seconds))
        rates["refresh"].append(await refreshesPerSecond(sides.ours, seconds))
        rates["idle"].append(await slowestCheck(sides.ours, seconds, sides.gatewayPort))
        rates["full"].append(await slowestCheck(sides.ours, seconds, sides.gatewayPort, crowd))
        rates["refusals"].append(await refusalMilliseconds(sides.ours, crowd))
    return rates


async def _hashSeconds(values: Mapping[str, str]) -> float:
    """What one check of a password costs on one core of a machine that does nothing else."""
    hashing = PasswordHashing(
        memoryKib=int(values["HASH_MEMORY_KIB"]), iterations=int(values["HASH_ITERATIONS"]), threads=1
    )
    crypto = CryptoFactory.fromKeys(values["CRYPTO_MASTER_KEY"], int(values["CRYPTO_KEY_ID"]), hashing=hashing)
    stored, times = await crypto.hashPassword(PASSWORD), []
    for _ in range(HASHES):
        startedAt = time.perf_counter()
        await crypto.verifyPassword(PASSWORD, stored)
        times.append(time.perf_counter() - startedAt)
    crypto.close()
    return statistics.median(times)


def _loginRows(rates: Mapping[str, Sequence[float]], hashSeconds: float) -> list[BenchRow]:
    ideal = PROCESSES / hashSeconds
    ours = statistics.median(rates["K"])
    said = f"{ours:.1f}/s of {ideal:.1f}/s = {PROCESSES} cores ÷ {hashSeconds * 1000:.1f} ms a hash"
    rows = [BenchRow("logins, of what hashing alone allows (aim 0.9)", ours / ideal, "logins/s", said)]
    return rows + [
        _rateRow(f"logins, K to {name}", rates["K"], rates[name], name) for name in ("fastapi-users", "better-auth")
    ]


def _checkRows(loads: Mapping[str, Sequence[Load]]) -> list[BenchRow]:
    aims = {GATEWAY: 5.0, "K": 1.5}
    return [
        rowOf(f"session check, {ours} (aim {aim:g})", loads[ours], loads[theirs], theirs)
        for ours, aim in aims.items()
        for theirs in loads
        if theirs not in aims
    ]


def _rateRow(name: str, ours: Sequence[float], theirs: Sequence[float], standard: str) -> BenchRow:
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    said = f"{statistics.median(ours):.1f}/s to {statistics.median(theirs):.1f}/s of {standard}"
    return BenchRow(name, ratio, "logins/s", said)


def _refreshRow(rates: Sequence[float]) -> BenchRow:
    rate = statistics.median(rates)
    said = f"{rate:.0f}/s, each kept on the disk, to the {REFRESH_AIM}/s aimed at"
    return BenchRow("refreshes", rate / REFRESH_AIM, "refreshes/s", said)


def _fullPoolRow(idle: Sequence[float], full: Sequence[float]) -> BenchRow:
    ratio = statistics.median(one / other for one, other in zip(idle, full, strict=True))
    said = f"{statistics.median(idle):.2f} ms idle, {statistics.median(full):.2f} ms while passwords are hashed"
    return BenchRow("session check p99 at the gateway, idle to full pool (aim 0.83)", ratio, "ms", said)


def _refusalRow(slowest: Sequence[float]) -> BenchRow:
    said = f"the slowest of a crowd's refusals (503) after {max(slowest):.0f} ms"
    return BenchRow("refusal when the pool is full (aim 1)", REFUSED_WITHIN_MS / max(slowest), "100 ms", said)


if __name__ == "__main__":
    for benchRow in measure(*(int(argument) for argument in sys.argv[1:3])):
        print(benchRow.toLine())
