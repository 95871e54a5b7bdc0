"""scripts/up: prepare what is missing, start everything in order, and say where it is."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from scripts.stack import down
from scripts.stack.display import Report, makeReport, showFailure
from scripts.stack.paths import LOGS, ROOT, RUN, VENV_PYTHON
from scripts.stack.preparation import allSteps
from scripts.stack.prepare import prepare
from scripts.stack.processes import BY_NAME
from scripts.stack.remedies import remedyFor
from scripts.stack.runState import RunState, readState, runningState
from scripts.stack.steps import StepFailedError
from scripts.stack.summary import printSummary
from scripts.stack.supervisor import RUNS_ALREADY
from scripts.stack.surroundings import SELF_SIGNED
from scripts.stack.unprivileged import dyingWithParent

POLL_SECONDS: Final = 0.05
ALREADY_RUNNING: Final = 3
OTHER_WITHIN_SECONDS: Final = 5.0


class RunsAlreadyError(Exception):
    """Another `scripts/up` was quicker."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/up", description=__doc__)
    parser.add_argument("--foreground", action="store_true", help="stay, and stop the stack with Ctrl-C")
    parser.add_argument("--tls", action="store_true", help="https with a certificate of this machine's own making")
    given = parser.parse_args(argv)
    if given.tls:
        os.environ[SELF_SIGNED] = "true"
    startedAt = time.monotonic()
    if (running := runningState()) is not None:
        return _sayRunning(running)
    endAsByCtrlC()
    written = {log.stem: log.stat().st_size for log in LOGS.glob("*.log")}
    try:
        with makeReport() as report:
            prepare(allSteps(), report)
            outcome = _start(report, isTied=given.foreground)
    except StepFailedError as error:
        showFailure(error.step, str(error), error.fix, error.log)
        return 1
    except RunsAlreadyError:
        return _sayOtherRuns()
    except KeyboardInterrupt:
        print("stopped before it was ready; nothing is left running", file=sys.stderr)
        return 130
    code = _conclude(outcome, time.monotonic() - startedAt, written)
    return _stay(outcome) if given.foreground and outcome is not None and code == 0 else code


def endAsByCtrlC() -> None:
    """A closed terminal and a plain kill undo a start as Ctrl-C does; what nohup ignores stays ignored."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _start(report: Report, *, isTied: bool) -> RunState | None:
    """Start the supervisor apart from this terminal and follow what it says until it is ready or has given up."""
    supervisor: subprocess.Popen[bytes] | None = None
    shown: dict[str, str] = {}
    try:
        with signalsHeld():
            supervisor = _launchSupervisor(isTied=isTied)
        while True:
            state = readState()
            isOurs = state is not None and state.pid == supervisor.pid
            if state is not None and isOurs:
                _follow(state, shown, report)
            if state is not None and isOurs and state.phase in ("ready", "failed", "stopped"):
                return state
            if supervisor.poll() is not None:
                return _lastWords(supervisor)
            time.sleep(POLL_SECONDS)
    except BaseException:
        if supervisor is not None:
            supervisor.terminate()
            supervisor.wait()
        raise


@contextmanager
def signalsHeld() -> Iterator[None]:
    """No interrupt falls between the start of the supervisor and our knowing of it, or it would stay behind."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _lastWords(supervisor: subprocess.Popen[bytes]) -> RunState | None:
    if supervisor.returncode == RUNS_ALREADY:
        raise RunsAlreadyError
    state = readState()
    isOver = state is not None and state.pid == supervisor.pid and state.phase in ("failed", "stopped")
    return state if isOver else None


def _launchSupervisor(*, isTied: bool) -> subprocess.Popen[bytes]:
    for folder in (LOGS, RUN):
        folder.mkdir(parents=True, exist_ok=True)
    with (LOGS / "supervisor.log").open("ab") as log:
        command = [str(VENV_PYTHON), "-m", "scripts.stack.supervisor"]
        return subprocess.Popen(
            dyingWithParent(command) if isTied else command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _stay(state: RunState) -> int:
    """Until Ctrl-C, or until the stack is stopped from elsewhere."""
    print("Ctrl-C stops everything.", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while state.isAlive:
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        print()
        return down.main([])
    return 0


def _follow(state: RunState, shown: dict[str, str], report: Report) -> None:
    for name, process in state.processes.items():
        before = shown.get(name, "waiting")
        if process.status in ("starting", "restarting") and before == "waiting":
            report.begin(name, BY_NAME[name].title)
            shown[name] = f"starting {time.monotonic()}"
        if process.status in ("ready", "done") and before.startswith("starting"):
            report.end(name, "done", time.monotonic() - float(before.split()[1]))
            shown[name] = "ready"


def _conclude(state: RunState | None, seconds: float, written: Mapping[str, int]) -> int:
    """`written` is how much each log held before this start: only what came after it explains a failure."""
    if state is None:
        log, since = LOGS / "supervisor.log", written.get("supervisor", 0)
        showFailure("supervisor", "it ended at once", remedyFor(log, since), log, since)
        return 1
    if state.phase == "ready":
        printSummary(state, seconds)
        return 0
    log, since = LOGS / f"{state.failedProcess}.log", written.get(state.failedProcess, 0)
    title = BY_NAME[state.failedProcess].title if state.failedProcess in BY_NAME else state.failedProcess
    showFailure(f"{title} did not start", state.failure, remedyFor(log, since, state.failure), log, since)
    print("Nothing is left running.", file=sys.stderr)
    return 1


def _sayOtherRuns() -> int:
    """It has the lock; what it says of itself comes a moment later."""
    deadline = time.monotonic() + OTHER_WITHIN_SECONDS
    while (running := runningState()) is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    if running is not None:
        return _sayRunning(running)
    print("Another start of the stack is under way; try again in a moment.", file=sys.stderr)
    return ALREADY_RUNNING


def _sayRunning(state: RunState) -> int:
    """Running already is what was asked for; while it still starts, wait for it."""
    while state.phase == "starting" and state.isAlive:
        time.sleep(POLL_SECONDS)
        state = readState() or state
    if state.phase != "ready" or not state.isAlive:
        print("The stack is stopping or did not start; try again in a moment.", file=sys.stderr)
        return ALREADY_RUNNING
    print("The stack is already running.")
    printSummary(state, None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
