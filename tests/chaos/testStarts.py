"""Starting is undone as a whole or done once, whoever interrupts it and however many ask for it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.stack.runState import RunState, readState
from tests.support.runningStack import ROOT, runScript

pytestmark = pytest.mark.stack

PATIENCE_S = 120
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(name="var")
def useOwnVar(tmp_path: Path) -> Iterator[Path]:
    tmp_path.chmod(0o755)
    yield tmp_path
    runScript(tmp_path, "down")


def start(var: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(ROOT / "scripts" / "up")],
        env=os.environ | {"K_VAR_DIR": str(var)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_hearSignals,  # noqa: PLW1509 - this process has no threads that hold locks
    )


def _hearSignals() -> None:
    # A run in the background (nohup, `&`) hands down that interrupts are ignored; a person's terminal does not.
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)


def testTwoStartsAtOnceAreOne(var: Path) -> None:
    starts = [start(var), start(var)]
    said = [each.communicate(timeout=PATIENCE_S)[0] for each in starts]
    assert [each.returncode for each in starts] == [0, 0], said
    assert all("Ready" in text for text in said)


@pytest.mark.parametrize("number", ENDING)
def testAnEndedStartLeavesNothingRunning(var: Path, number: signal.Signals) -> None:
    starting = start(var)
    seen = untilSomethingRuns(var)
    starting.send_signal(number)
    said = starting.communicate(timeout=PATIENCE_S)[0]
    assert starting.returncode == 130, said
    assert "nothing is left running" in said
    left = readState(var / "run" / "state.json") or seen
    assert not left.isAlive
    assert not any(process.isAlive for process in [*seen.processes.values(), *left.processes.values()])


def untilSomethingRuns(var: Path) -> RunState:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        state = readState(var / "run" / "state.json")
        if state is not None and any(process.isAlive for process in state.processes.values()):
            return state
        time.sleep(0.02)
    raise AssertionError("nothing was started")
