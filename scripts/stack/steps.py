"""Steps that prepare a checkout: skipped while their inputs are unchanged, side by side where they can be."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from scripts.stack.paths import BUILD, ROOT, STAMPS
from scripts.stack.unprivileged import dyingWithParent

SKIPPED_FOLDERS: Final = {"node_modules", "dist", "target", "__pycache__", "tests", ".vite"}


class StepFailedError(Exception):
    """A step did not succeed; `fix` is one sentence on what to do and `log` holds the program's own words."""

    def __init__(self, step: str, reason: str, fix: str, log: Path | None = None) -> None:
        super().__init__(reason)
        self.step, self.fix, self.log = step, fix, log


class Report(Protocol):
    """Where the progress of the steps is shown."""

    def begin(self, name: str, title: str) -> None: ...

    def say(self, name: str, line: str) -> None: ...

    def end(self, name: str, outcome: str, seconds: float) -> None: ...


@dataclass(frozen=True)
class Step:
    """`inputs` decide whether the work is still valid, `outputs` must exist, `fix` is for when it fails."""

    name: str
    title: str
    run: Callable[[StepRun], None]
    inputs: Callable[[], str]
    outputs: tuple[Path, ...] = ()
    needs: tuple[str, ...] = ()
    fix: str = "The lines above say what went wrong; run scripts/doctor for what is missing."

    @property
    def stamp(self) -> Path:
        return STAMPS / self.name

    def isDone(self) -> bool:
        return (
            self.stamp.exists()
            and all(output.exists() for output in self.outputs)
            and self.stamp.read_bytes() == self.inputs().encode()
        )


class StepRun:
    """What a step is given: a way to run programs whose words are kept, and stopped with everything else."""

    def __init__(self, step: Step, report: Report, cancelled: threading.Event) -> None:
        self._step, self._report, self._cancelled = step, report, cancelled
        self.log = BUILD / "log" / f"{step.name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")

    def command(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None, folder: Path = ROOT
    ) -> None:
        """Run a program to its end; its last line is shown while it works."""
        process = subprocess.Popen(
            dyingWithParent(command, "KILL"),
            cwd=folder,
            env=dict(environment if environment is not None else os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        watcher = threading.Thread(target=_endWhen, args=(self._cancelled, process), daemon=True)
        watcher.start()
        with self.log.open("a") as log:
            for line in process.stdout or ():
                log.write(line)
                log.flush()
                self._report.say(self._step.name, line.strip())
        if process.wait() != 0:
            self.fail(f"{Path(command[0]).name} ended with exit code {process.returncode}")

    def fail(self, reason: str, fix: str = "") -> None:
        raise StepFailedError(self._step.name, reason, fix or self._step.fix, self.log)


class StepRunner:
    """Runs the steps in the order of their needs, as many at a time as are ready; the first failure ends the rest."""

    def __init__(self, steps: Sequence[Step], report: Report) -> None:
        self._steps = steps
        self._report = report
        self._cancelled = threading.Event()
        self._changed = threading.Condition()
        self._finished: set[str] = set()
        self._failures: list[StepFailedError] = []

    def run(self) -> None:
        threads = [threading.Thread(target=self._runWhenReady, args=(step,), daemon=True) for step in self._steps]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                _join(thread)
        except BaseException:
            self._cancel()
            raise
        if self._failures:
            raise self._failures[0]

    def _runWhenReady(self, step: Step) -> None:
        known = {other.name for other in self._steps}
        needs = set(step.needs) & known
        with self._changed:
            self._changed.wait_for(lambda: needs <= self._finished or self._cancelled.is_set())
        if self._cancelled.is_set():
            return
        try:
            self._runOne(step)
        except StepFailedError as error:
            self._failed(error)
        except Exception as error:  # noqa: BLE001 - a step may fail in any way, and its thread must not swallow it
            self._failed(StepFailedError(step.name, f"{type(error).__name__}: {error}", step.fix))
        with self._changed:
            self._finished.add(step.name)
            self._changed.notify_all()

    def _runOne(self, step: Step) -> None:
        if step.isDone():
            self._report.end(step.name, "unchanged", 0.0)
            return
        startedAt = time.monotonic()
        self._report.begin(step.name, step.title)
        wanted = step.inputs()
        step.run(StepRun(step, self._report, self._cancelled))
        step.stamp.parent.mkdir(parents=True, exist_ok=True)
        step.stamp.write_text(wanted)
        self._report.end(step.name, "done", time.monotonic() - startedAt)

    def _failed(self, error: StepFailedError) -> None:
        if not self._cancelled.is_set():
            self._failures.append(error)
            self._report.end(error.step, "failed", 0.0)
        self._cancel()

    def _cancel(self) -> None:
        self._cancelled.set()
        with self._changed:
            self._changed.notify_all()


def hashOf(paths: Iterable[Path], *facts: str) -> str:
    """One hash of files (whole folders, without what is built in them) and of plain facts."""
    content = hashlib.sha256("\0".join(facts).encode())
    for path in sorted(file for given in paths for file in _filesOf(given)):
        content.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return content.hexdigest()


def _filesOf(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found: list[Path] = []
    for folder, subfolders, names in os.walk(path):
        subfolders[:] = [name for name in subfolders if name not in SKIPPED_FOLDERS]
        found += [Path(folder, name) for name in names]
    return found


def _endWhen(cancelled: threading.Event, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        if cancelled.wait(0.2):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return


def _join(thread: threading.Thread) -> None:
    while thread.is_alive():
        thread.join(0.2)
