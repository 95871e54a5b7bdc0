"""
What callers notice of Redis in trouble: two gateways under a steady load, and Redis killed, hung, slow, failed over.

`scripts/bench gatewayTroubles`, or `python -m scripts.benchmarks.gatewayTroublesBench [rounds]`. A row is one trouble:
the throughput in its time to that right before, other statuses than 200, the slowest request as the gateways' own log
has it, and how long after the end of the trouble every worker of both asks Redis again. The worst of all rounds; the
first row is a time without trouble, for what is the machine's own doing.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nginx.tests.gatewayUnderTest import aPolicy
from scripts.stack.provision import provisionServices
from tests.gateway.traffic import Traffic
from tests.gateway.troubles import SLOW_MS, TROUBLES, Trouble, goThrough
from tests.gateway.twoNodes import TwoNodes

ROUNDS: Final = 3
PER_SECOND: Final = 1000
CONNECTIONS: Final = 20
PLENTY: Final = 1_000_000
BEFORE_S: Final = 1.5
TROUBLE_S: Final = 2.0
LOG_FOLLOWS_S: Final = 0.5
AFTERWARDS_S: Final = 0.5
PATH: Final = "/api/auth/plenty"
AIMS: Final = "aims: kept 0.98, other statuses 0, slowest 0.075 s, back after 0.5 s"


@dataclass(frozen=True)
class Noticed:
    """One round of one trouble."""

    perSecond: float
    kept: float
    otherStatuses: int
    slowestS: float
    awayForS: float


def measure(rounds: int = ROUNDS) -> list[str]:
    """The lines of the table; some seven seconds a trouble and round."""
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        return asyncio.run(_measureIn(folder, rounds))


async def _measureIn(folder: Path, rounds: int) -> list[str]:
    tools = provisionServices()
    gc.disable()  # so that a pause of this process is not taken for one of the gateway
    troubles = {"none": Trouble(_leaveAlone, isOverAtOnce=True), **TROUBLES}
    noticed: dict[str, list[Noticed]] = {name: [] for name in troubles}
    async with AsyncExitStack() as running:
        plain, slowable = TwoNodes(tools, folder / "plain"), TwoNodes(tools, folder / "slowable", SLOW_MS)
        for nodes in (plain, slowable):
            running.push_async_callback(nodes.stop)
            await nodes.start()
            await nodes.publish(aPolicy(path=PATH, limit=PLENTY, windowSeconds=86_400, burst=PLENTY))
        for _ in range(rounds):
            for each, trouble in troubles.items():
                noticed[each].append(await _notice(slowable if each == "slow" else plain, trouble))
    return [_headOf(), *(_lineOf(each, seen) for each, seen in noticed.items()), AIMS]


async def _leaveAlone(_: TwoNodes) -> None:
    """Nothing happens."""


async def _notice(nodes: TwoNodes, trouble: Trouble) -> Noticed:
    await nodes.untilSound()
    logged = [len(gateway.accessLog.read_bytes()) for gateway in nodes.gateways]
    async with Traffic(nodes.urls, PATH, PER_SECOND, CONNECTIONS) as traffic:
        await asyncio.sleep(BEFORE_S)
        beganAt = time.monotonic()
        awayFor = await goThrough(trouble, nodes, TROUBLE_S)
        endedAt = time.monotonic()
        await asyncio.sleep(AFTERWARDS_S)
    await asyncio.sleep(LOG_FOLLOWS_S)
    # what was late in the time before is made up for in it, and is no throughput
    before = min(PER_SECOND, traffic.admitted(beganAt - BEFORE_S / 2, beganAt) / (BEFORE_S / 2))
    during = traffic.admitted(beganAt, endedAt) / (endedAt - beganAt)
    others = sum(1 for outcome in traffic.outcomes if outcome.status != 200)
    slowest = max(_slowestIn(gateway.accessLog, known) for gateway, known in zip(nodes.gateways, logged, strict=True))
    return Noticed(during, during / before, others, slowest, awayFor)


def _slowestIn(log: Path, known: int) -> float:
    lines = log.read_bytes()[known:].splitlines()
    return max(float(json.loads(line)["requestSeconds"]) for line in lines)


def _headOf() -> str:
    return f"{'':<20} {'requests/s':>10} {'kept':>6} {'other statuses':>15} {'slowest':>9} {'back after':>11}"


def _lineOf(name: str, seen: Sequence[Noticed]) -> str:
    kept, others = min(each.kept for each in seen), sum(each.otherStatuses for each in seen)
    slowest, back = max(each.slowestS for each in seen), max(each.awayForS for each in seen)
    rate = min(each.perSecond for each in seen)
    return f"{name:<20} {rate:>10,.0f} {kept:>6.3f} {others:>15} {slowest:>7.3f} s {back:>9.2f} s"


if __name__ == "__main__":
    for line in measure(*(int(argument) for argument in sys.argv[1:2])):
        print(line)
