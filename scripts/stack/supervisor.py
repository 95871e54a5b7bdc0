"""Starts the stack in order, restarts what dies, and leaves nothing behind when it stops."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from scripts.stack.endpoints import forgetEndpoints, publishEndpoints
from scripts.stack.gatewayConfig import GatewaySettingError
from scripts.stack.paths import LOGS, RUN
from scripts.stack.postgresServer import PostgresFailedError
from scripts.stack.precedence import letGoFirst
from scripts.stack.processes import PROCESSES, WORKING_FOLDER, StackProcess, environmentOf
from scripts.stack.provision import PackagesUnavailableError, provisionServices
from scripts.stack.runState import ProcessState, RunState, Status, isAlive, readState, startTicks, takeLock, writeState
from scripts.stack.surroundings import SettingsUnfitError, Surroundings, observe

# one that dies is noticed at once; this is for one that hangs
READY_WITHIN_SECONDS: Final = 180.0
PROBE_EVERY_SECONDS: Final = 0.04
WATCH_EVERY_SECONDS: Final = 4.0
TRIES_BEFORE_READY: Final = 3
BACKOFF_SECONDS: Final = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
CALM_SECONDS: Final = 20.0
GRACE_SECONDS: Final = 1.0
LAST_GRACE_SECONDS: Final = 0.8
LOG_LIMIT_BYTES: Final = 10 * 1024 * 1024
LOG_CHECK_SECONDS: Final = 5.0
OPEN_FILES: Final = 65_536
PORTS_LOCK: Final = Path(tempfile.gettempdir()) / f"k-stack-ports-{os.getuid()}.lock"
PORTS_LOCK_SECONDS: Final = 20.0
# The exit code of a supervisor that found another one at work.
RUNS_ALREADY: Final = 3


class StartFailedError(Exception):
    """A process did not get ready; `process` names it and the text says why."""

    def __init__(self, process: str, reason: str) -> None:
        super().__init__(reason)
        self.process = process


class Supervisor:
    """Keeps the processes of one start. `run` returns 0 after an asked-for stop and 1 after a failed start."""

    def __init__(self, surroundings: Surroundings, onSettled: Callable[[], None] = lambda: None) -> None:
        """`onSettled` is called once: when every port is listened on, or when the start has failed."""
        self._surroundings = surroundings
        self._onSettled = onSettled
        self._wanted = [process for process in PROCESSES if process.isWanted(surroundings)]
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._ready = {process.name: asyncio.Event() for process in self._wanted}
        self._stopping = asyncio.Event()
        ports = {process.name: self._portOf(process) for process in self._wanted}
        self._state = RunState(
            phase="starting",
            instanceId=surroundings.instanceId,
            pid=os.getpid(),
            startedAtTicks=startTicks(os.getpid()),
            moved=dict(surroundings.moved),
            processes={name: ProcessState(port=port) for name, port in ports.items()},
        )

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._stopping.set)
        self._save()
        keepers = [asyncio.create_task(self._keep(process)) for process in self._wanted]
        trimmer = asyncio.create_task(_trimLogs())
        announcer = asyncio.create_task(self._announce())
        stopped = asyncio.create_task(self._stopping.wait())
        failure = await self._firstFailure([stopped, announcer, *keepers])
        await self._stop([*keepers, trimmer, announcer, stopped])
        return self._conclude(failure)

    async def _firstFailure(self, tasks: list[asyncio.Task[None] | asyncio.Task[bool]]) -> StartFailedError | None:
        waiting: set[asyncio.Task[None] | asyncio.Task[bool]] = set(tasks)
        while not self._stopping.is_set():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if isinstance(error := task.exception(), StartFailedError):
                    return error
                if error is not None:
                    return StartFailedError("supervisor", f"{type(error).__name__}: {error}")
        return None

    async def _announce(self) -> None:
        for event in self._ready.values():
            await event.wait()
        publishEndpoints(self._surroundings)
        self._onSettled()
        self._state.phase = "ready"
        self._save()

    async def _keep(self, process: StackProcess) -> None:
        for need in process.needs:
            if need in self._ready:
                await self._ready[need].wait()
        if process.kind == "task":
            await self._runTask(process)
            return
        await self._keepServer(process)

    async def _runTask(self, process: StackProcess) -> None:
        child = await self._start(process)
        code = await child.wait()
        if code != 0:
            raise StartFailedError(process.name, f"it ended with exit code {code}")
        self._mark(process, status="done", pid=0)
        self._ready[process.name].set()

    async def _keepServer(self, process: StackProcess) -> None:
        quickDeaths = 0
        while True:
            startedAt = time.monotonic()
            start = self._startAgain if self._ready[process.name].is_set() else self._start
            child = await start(process)
            isReady = await self._awaitReady(process, child)
            if isReady:
                self._mark(process, status="ready", readyAt=time.time())
                self._ready[process.name].set()
                await self._watch(process, child)
            quickDeaths = 0 if time.monotonic() - startedAt > CALM_SECONDS else quickDeaths + 1
            self._ensureWorthAnotherTry(process, child, quickDeaths)
            await self._sweep(process, child)
            self._mark(process, status="restarting", pid=0, restarts=self._state.processes[process.name].restarts + 1)
            await asyncio.sleep(BACKOFF_SECONDS[min(quickDeaths, len(BACKOFF_SECONDS)) - 1] if quickDeaths else 0.0)

    def _ensureWorthAnotherTry(self, process: StackProcess, child: asyncio.subprocess.Process, deaths: int) -> None:
        """Once the stack was ready nothing is ever given up; a first start that cannot succeed is."""
        if self._ready[process.name].is_set() or self._state.phase == "ready":
            return
        if child.returncode is None:
            raise StartFailedError(process.name, f"it was not ready within {READY_WITHIN_SECONDS:.0f} seconds")
        if deaths >= TRIES_BEFORE_READY:
            raise StartFailedError(process.name, f"it ended with exit code {child.returncode}, {deaths} times in a row")

    async def _awaitReady(self, process: StackProcess, child: asyncio.subprocess.Process) -> bool:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline and child.returncode is None:
            if await asyncio.to_thread(process.isReady, self._surroundings, child.pid):
                return True
            await asyncio.sleep(PROBE_EVERY_SECONDS)
        return False

    async def _watch(self, process: StackProcess, child: asyncio.subprocess.Process) -> None:
        """Until it ends; meanwhile what is told of it stays true when it hangs."""
        ended = asyncio.create_task(child.wait())
        try:
            while not (await asyncio.wait({ended}, timeout=WATCH_EVERY_SECONDS))[0]:
                isReady = await asyncio.to_thread(process.isReady, self._surroundings, child.pid)
                self._tell(process, "ready" if isReady else "silent")
        finally:
            ended.cancel()

    def _tell(self, process: StackProcess, status: Status) -> None:
        if self._state.processes[process.name].status != status:
            self._mark(process, status=status)

    async def _startAgain(self, process: StackProcess) -> asyncio.subprocess.Process:
        """A process that was ready once is started until it starts."""
        while True:
            with contextlib.suppress(StartFailedError):
                return await self._start(process)
            await asyncio.sleep(BACKOFF_SECONDS[-1])

    async def _start(self, process: StackProcess) -> asyncio.subprocess.Process:
        try:
            command = await asyncio.to_thread(process.command, self._surroundings)
            return await self._launch(process, command)
        except (OSError, LookupError, PostgresFailedError, GatewaySettingError) as error:
            raise StartFailedError(process.name, str(error)) from error

    async def _launch(self, process: StackProcess, command: list[str]) -> asyncio.subprocess.Process:
        with (LOGS / f"{process.name}.log").open("ab") as log:
            child = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environmentOf(process, self._surroundings),
                cwd=WORKING_FOLDER,
                start_new_session=True,
            )
        letGoFirst(child.pid, process.precedence)
        self._children[process.name] = child
        self._mark(process, status="starting", pid=child.pid, startedAtTicks=startTicks(child.pid))
        return child

    async def _sweep(self, process: StackProcess, child: asyncio.subprocess.Process) -> None:
        """Nothing of the dead process's group may stay, or its port would stay with it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
        self._children.pop(process.name, None)

    async def _stop(self, tasks: list[asyncio.Task[None] | asyncio.Task[bool]]) -> None:
        self._state.phase = "stopping"
        self._save()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._stopGroup([process for process in self._wanted if not process.stopsLast], GRACE_SECONDS)
        await self._stopGroup([process for process in self._wanted if process.stopsLast], LAST_GRACE_SECONDS)
        forgetEndpoints()

    async def _stopGroup(self, processes: list[StackProcess], graceSeconds: float) -> None:
        living = [(process, self._children[process.name]) for process in processes if process.name in self._children]
        for process, child in living:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.Signals[process.stopSignal])
        if living:
            await asyncio.wait([asyncio.create_task(child.wait()) for _, child in living], timeout=graceSeconds)
        for process, child in living:
            await self._sweep(process, child)

    def _conclude(self, failure: StartFailedError | None) -> int:
        for name in self._state.processes:
            self._state.processes[name].pid = 0
            self._state.processes[name].status = "stopped"
        self._state.phase = "stopped" if failure is None else "failed"
        if failure is not None:
            self._state.failure, self._state.failedProcess = str(failure), failure.process
        self._save()
        return 0 if failure is None else 1

    def _mark(self, process: StackProcess, **changes: str | int | float) -> None:
        for name, value in changes.items():
            setattr(self._state.processes[process.name], name, value)
        self._save()

    def _save(self) -> None:
        """What is told of the stack; a full disk makes it old, and must not end what still works."""
        try:
            writeState(self._state)
        except OSError as error:
            _complain("the state of the stack could not be written", error)

    def _portOf(self, process: StackProcess) -> int:
        return self._surroundings.port(process.portName) if process.portName else 0


def sweepLeftovers() -> None:
    """End what a supervisor that was killed could not end, and only what is surely its own."""
    left = readState()
    if left is None:
        return
    for process in left.processes.values():
        if isAlive(process.pid, process.startedAtTicks):
            _endLeftover(process)


def _endLeftover(process: ProcessState) -> None:
    os.kill(process.pid, signal.SIGINT)
    deadline = time.monotonic() + LAST_GRACE_SECONDS
    while process.isAlive and time.monotonic() < deadline:
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _trimLogs() -> None:
    while True:
        await asyncio.sleep(LOG_CHECK_SECONDS)
        try:
            for log in LOGS.glob("*.log"):
                trimLog(log)
        except OSError as error:
            _complain("a large log could not be moved aside", error)


def _complain(what: str, error: OSError) -> None:
    """In the supervisor's own log, which may be on the same full disk."""
    with contextlib.suppress(OSError):
        print(f"{what}: {error}", file=sys.stderr, flush=True)


def trimLog(log: Path, limitBytes: int = LOG_LIMIT_BYTES) -> None:
    """Move a large log aside while its writer keeps it open: writers append, so emptying the file is safe."""
    if log.stat().st_size <= limitBytes:
        return
    shutil.copyfile(log, log.with_suffix(".log.1"))
    os.truncate(log, 0)


def raiseOpenFileLimit() -> None:
    """A gateway needs more open files than a login shell is given."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def lockPorts() -> Callable[[], None]:
    """
    Stacks of several checkouts start one after the other, from choosing the ports until they listen on them.

    A hung start does not block the rest for ever. Returns what lets the next one go on; calling it twice is harmless.
    """
    handle = os.open(PORTS_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + PORTS_LOCK_SECONDS
    while time.monotonic() < deadline and not _isLocked(handle):
        time.sleep(0.05)
    return lambda: fcntl.flock(handle, fcntl.LOCK_UN)


def _isLocked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _supervise(surroundings: Surroundings, onSettled: Callable[[], None]) -> int:
    return await Supervisor(surroundings, onSettled).run()


def main() -> int:
    """Supervise until asked to stop. Only one supervisor runs for one `var` folder."""
    # scripts/up held its signals while it started this process, and a child inherits that.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for folder in (RUN, LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    if takeLock() is None:
        print("the stack runs already", file=sys.stderr)
        return RUNS_ALREADY
    sweepLeftovers()
    forgetEndpoints()
    own = RunState("starting", "", os.getpid(), startTicks(os.getpid()))
    writeState(own)
    raiseOpenFileLimit()
    unlockPorts = lockPorts()
    try:
        surroundings = observe(provisionServices())
    except (SettingsUnfitError, PackagesUnavailableError, OSError) as error:
        print(error, file=sys.stderr)
        writeState(replace(own, phase="failed", failure=str(error), failedProcess="supervisor"))
        return 1
    return asyncio.run(_supervise(surroundings, unlockPorts))


if __name__ == "__main__":
    sys.exit(main())
