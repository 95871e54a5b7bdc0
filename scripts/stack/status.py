"""scripts/status: what runs, where, since when, and how often it had to be restarted."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

from scripts.stack.memory import proportionalBytes
from scripts.stack.pipes import endWithReader
from scripts.stack.runState import ProcessState, RunState, runningState

NOT_RUNNING = 3


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/status", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(argv)
    state = runningState()
    if given.json:
        print(json.dumps(asdict(state) if state else {"phase": "stopped"}, indent=2))
        return 0 if state else NOT_RUNNING
    if state is None:
        print("The stack does not run: scripts/up starts it.")
        return NOT_RUNNING
    _show(state)
    return 0


def _show(state: RunState) -> None:
    print(f"{state.phase}, instance {state.instanceId}, supervisor {state.pid}")
    print(f"{'PROCESS':<14} {'STATUS':<11} {'PORT':>6} {'PID':>8} {'UP':>9} {'MEMORY':>9} {'RESTARTS':>9}")
    for name, process in state.processes.items():
        used = proportionalBytes(process.pid) if process.isAlive else 0
        memory = f"{used / 1e6:.0f} MB" if used else "-"
        print(
            f"{name:<14} {process.status:<11} {process.port or '-':>6} {process.pid or '-':>8} "
            f"{_since(process):>9} {memory:>9} {process.restarts:>9}"
        )
    print(f"all together {proportionalBytes(state.pid) / 1e6:.0f} MB (proportional set size)")


def _since(process: ProcessState) -> str:
    if not process.isAlive or not process.readyAt:
        return "-"
    seconds = int(time.time() - process.readyAt)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


if __name__ == "__main__":
    endWithReader()
    sys.exit(main())
