from __future__ import annotations

import re
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.benchmarks.benchRow import BenchRow
from scripts.stack.debianPackages import DebianPackages
from scripts.stack.paths import TOOLS
from scripts.stack.provision import Tool, libraryEnvironment

CONNECTIONS: Final = 32


@dataclass(frozen=True)
class Way:
    """One kind of request that is measured."""

    name: str
    path: str
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Load:
    """Requests of one round, how many a second, and how slow the slowest hundredth began."""

    requests: int
    perSecond: float
    slowest: str


def provisionWrk(folder: Path = TOOLS) -> Tool:
    """The load generator of the distribution, privately unpacked."""
    root = DebianPackages(folder).unpack("bench", ("wrk",))
    return Tool(root / "usr/bin/wrk", libraryEnvironment(root))


def loadOf(wrk: Tool, port: int, way: Way, seconds: int) -> Load:
    """One round of one way."""
    headers = [part for header in way.headers for part in ("-H", header)]
    size = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    command = [*wrk.command, *size, *headers, f"http://127.0.0.1:{port}{way.path}"]
    done = subprocess.run(command, env=wrk.runEnvironment(), capture_output=True, text=True, check=True)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    slowest = re.search(r"^\s+99%\s+(\S+)\s*$", done.stdout, re.MULTILINE)
    count = re.search(r"(\d+) requests in", done.stdout)
    if rate is None or slowest is None or count is None:
        raise RuntimeError(f"wrk said nothing of a rate: {done.stdout}")
    return Load(int(count[1]), float(rate[1]), slowest[1])


def rowOf(name: str, ours: Sequence[Load], theirs: Sequence[Load], standard: str) -> BenchRow:
    """Median of the ratios of each round; `standard` says what theirs is."""
    ratio = statistics.median(one.perSecond / other.perSecond for one, other in zip(ours, theirs, strict=True))
    detail = f"{_median(ours):,.0f}/s to {_median(theirs):,.0f}/s of {standard}; p99 {ours[-1].slowest}"
    return BenchRow(name=name, ratio=ratio, unit="requests/s", detail=detail)


def _median(loads: Sequence[Load]) -> float:
    return statistics.median(load.perSecond for load in loads)
