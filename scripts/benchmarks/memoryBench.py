"""
Idle memory of the whole stack by process, as proportional set size: `python -m scripts.benchmarks.memoryBench`.

The stack of this checkout when it runs; else one of its own, fresh, that is gone afterwards.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scripts.benchmarks.benchRow import BenchRow
from scripts.stack.memory import proportionalBytes
from scripts.stack.paths import ROOT
from scripts.stack.runState import RunState, readState, runningState

AIM_MB: Final = 350.0
SETTLE_SECONDS: Final = 3.0
MEGABYTE: Final = 1_000_000
ABOUT_ITSELF: Final = "supervisor"


def measure() -> list[BenchRow]:
    """How often the whole stack fits into what it aims at; more is better."""
    with _stack() as state:
        used = usedMegabytes(state)
    for name, megabytes in sorted(used.items(), key=lambda entry: -entry[1]):
        print(f"{name:<52} {megabytes:6.1f} MB")
    total = sum(used.values())
    detail = f"{total:.0f} MB in {len(used)} processes and their children; the aim is {AIM_MB:.0f} MB"
    return [BenchRow("whole stack idle (proportional set size)", AIM_MB / total, "aim to use", detail)]


def usedMegabytes(state: RunState) -> dict[str, float]:
    """By process; what the supervisor takes is what the others leave of its family."""
    alive = {name: process for name, process in state.processes.items() if process.isAlive}
    used = {name: proportionalBytes(process.pid) / MEGABYTE for name, process in alive.items()}
    return used | {ABOUT_ITSELF: proportionalBytes(state.pid) / MEGABYTE - sum(used.values())}


@contextlib.contextmanager
def _stack() -> Iterator[RunState]:
    if (running := runningState()) is not None:
        yield running
        return
    with tempfile.TemporaryDirectory(prefix="k-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        environment = {**os.environ, "K_VAR_DIR": str(folder)}
        _run("up", environment)
        try:
            time.sleep(SETTLE_SECONDS)
            state = readState(folder / "run" / "state.json")
            if state is None:
                raise RuntimeError("the stack did not say what runs")
            yield state
        finally:
            _run("down", environment)


def _run(command: str, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"scripts.stack.{command}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"scripts/{command} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    for benchRow in measure():
        print(benchRow.toLine())
