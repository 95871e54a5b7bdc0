from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scripts.stack.runState import ProcessState, RunState, isAlive, readState, startTicks, takeLock, writeState


def aState(pid: int, ticks: int) -> RunState:
    return RunState("ready", "abc", pid, ticks, moved={"A": (1, 2)}, processes={"redis": ProcessState(pid=pid)})


def testAStateIsReadAsItWasWritten(tmp_path: Path) -> None:
    written = aState(os.getpid(), startTicks(os.getpid()))
    writeState(written, tmp_path / "state.json")
    read = readState(tmp_path / "state.json")
    assert read == written
    assert read is not None
    assert read.isAlive


def testAStalePidNeverPassesForALivingProcess() -> None:
    child = subprocess.Popen(["sleep", "30"])
    ticks = startTicks(child.pid)
    assert isAlive(child.pid, ticks)
    assert not isAlive(child.pid, ticks + 1), "the same pid given to somebody else"
    child.kill()
    child.wait()
    assert not isAlive(child.pid, ticks)


def testAZombieIsNotAlive() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert startTicks(child.pid) == 0
    child.wait()


def testOnlyOneHoldsTheLock(tmp_path: Path) -> None:
    first = takeLock(tmp_path / "lock")
    assert first is not None
    assert takeLock(tmp_path / "lock") is None
    os.close(first)
    again = takeLock(tmp_path / "lock")
    assert again is not None
    os.close(again)


@pytest.mark.parametrize("text", ["{", "\x00", "[]", "{}", '{"processes": {"a": {"colour": "red"}}, "moved": {}}'])
def testAHalfWrittenStateAndThatOfAnotherVersionAreNone(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)
    assert readState(tmp_path / "state.json") is None
