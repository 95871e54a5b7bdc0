from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from scripts.stack.precedence import AT_ONCE, EARLY, ORDINARY, Precedence, letGoFirst
from shared.backend.tests.testScheduling import sliceMs, slicesAreHeard

CAPABILITIES: Final = (21, 23)  # SYS_ADMIN and SYS_NICE: with both every word is heard


@pytest.fixture(name="pid")
def startASession() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as process:
        yield process.pid
        process.kill()


def mayEverything() -> bool:
    status = Path("/proc/self/status").read_text()
    held = int(status.split("CapEff:")[1].split()[0], 16)
    return all(held >> capability & 1 for capability in CAPABILITIES)


@pytest.mark.parametrize(("precedence", "steps"), [(AT_ONCE, 15), (EARLY, 5)])
def testASessionGoesBeforeOthersWhereThatIsAllowed(pid: int, precedence: Precedence, steps: int) -> None:
    """In the system's own words; for who may not, nothing fails."""
    own = os.getpriority(os.PRIO_PROCESS, pid)
    letGoFirst(pid, precedence)
    assert os.getpriority(os.PRIO_PROCESS, pid) in ([-steps] if mayEverything() else [-steps, own])
    weighed = Path(f"/proc/{pid}/autogroup")
    told = weighed.read_text().split()[-1] if weighed.exists() else str(-steps)
    assert told in ([str(-steps)] if mayEverything() else [str(-steps), "0"])


def testWhoIsOrdinaryIsLeftAsItIs(pid: int) -> None:
    own = os.getpriority(os.PRIO_PROCESS, pid)
    letGoFirst(pid, ORDINARY)
    assert os.getpriority(os.PRIO_PROCESS, pid) == own


def testOnlyWhoAnswersAtOnceTakesShortTurns(pid: int) -> None:
    ordinary = sliceMs(pid)
    letGoFirst(pid, EARLY)
    assert sliceMs(pid) == ordinary
    letGoFirst(pid, AT_ONCE)
    assert sliceMs(pid) == (0.1 if slicesAreHeard() else ordinary)


def testWhoIsGoneIsLeftAlone() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    letGoFirst(gone.pid, AT_ONCE)
    assert not Path(f"/proc/{gone.pid}").exists()
