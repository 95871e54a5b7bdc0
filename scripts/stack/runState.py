"""What a running stack says of itself in `var/run`, believed only while the process that said it still lives."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from scripts.stack.paths import LOCK_FILE, STATE_FILE

Phase = Literal["starting", "ready", "stopping", "stopped", "failed"]
# "silent": it runs and was ready, and now does not say so any more.
Status = Literal["waiting", "starting", "ready", "silent", "restarting", "stopped", "done", "failed"]


@dataclass
class ProcessState:
    """One line of `scripts/status`. A pid may have been given to somebody else since; a pid and its start may not."""

    status: Status = "waiting"
    pid: int = 0
    startedAtTicks: int = 0
    restarts: int = 0
    port: int = 0
    reason: str = ""
    readyAt: float = 0.0

    @property
    def isAlive(self) -> bool:
        return isAlive(self.pid, self.startedAtTicks)


@dataclass
class RunState:
    """The whole stack at one moment."""

    phase: Phase
    instanceId: str
    pid: int
    startedAtTicks: int
    failure: str = ""
    failedProcess: str = ""
    moved: dict[str, tuple[int, int]] = field(default_factory=dict)
    processes: dict[str, ProcessState] = field(default_factory=dict)

    @property
    def isAlive(self) -> bool:
        return isAlive(self.pid, self.startedAtTicks)


def isAlive(pid: int, startedAtTicks: int) -> bool:
    """Whether that very process still runs."""
    return pid > 0 and startTicks(pid) == startedAtTicks


def startTicks(pid: int) -> int:
    """When the process started, in clock ticks since boot; 0 when there is none, or when it is only a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    fields = text[text.rfind(")") + 2 :].split()
    return 0 if fields[0] in ("Z", "X") else int(fields[19])


def writeState(state: RunState, path: Path = STATE_FILE) -> None:
    writeAtomically(path, asdict(state))


def writeAtomically(path: Path, content: Mapping[str, object]) -> None:
    """A reader sees the old file or the new one, never half; only its owner may read it."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=2)
    fresh.replace(path)


def readState(path: Path = STATE_FILE) -> RunState | None:
    """What was said last, true or not: ask `isAlive`."""
    try:
        said = json.loads(path.read_text())
        processes = {name: ProcessState(**values) for name, values in said.pop("processes").items()}
        moved = {name: (ports[0], ports[1]) for name, ports in said.pop("moved").items()}
        return RunState(processes=processes, moved=moved, **said)
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        # half a file, or one that another version of this program wrote
        return None


def runningState() -> RunState | None:
    """The stack that runs now, or None."""
    state = readState()
    return state if state is not None and state.isAlive else None


def takeLock(path: Path = LOCK_FILE) -> int | None:
    """Hold the one lock of a running supervisor until this process ends; None when another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
