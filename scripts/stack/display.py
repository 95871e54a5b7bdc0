"""Progress for people: a live list on a terminal, plain lines everywhere else."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from scripts.stack.remedies import saidSince
from scripts.stack.steps import Report

LAST_LINES = 15


@dataclass
class _Line:
    title: str
    startedAt: float
    said: str = ""


class PlainReport:
    """One line when a step begins, one when it ends."""

    def __init__(self) -> None:
        self._titles: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def begin(self, name: str, title: str) -> None:
        self._titles[name] = title
        _write(f"… {title}")

    def say(self, name: str, line: str) -> None:
        """Programs' own words stay in their logs."""

    def end(self, name: str, outcome: str, seconds: float) -> None:
        if outcome == "unchanged":
            return
        mark = "✗" if outcome == "failed" else "✓"
        took = f"  {seconds:.1f} s" if seconds else ""
        _write(f"{mark} {self._titles.get(name, name)}{took}")


def _write(line: str) -> None:
    """In one piece, since several steps speak at the same time."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class LiveReport:
    """Every running step with its time and its program's last line; finished ones scroll up."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lines: dict[str, _Line] = {}
        self._lock = threading.Lock()
        self._live = Live(console=console, refresh_per_second=12, transient=True, get_renderable=self._render)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def begin(self, name: str, title: str) -> None:
        with self._lock:
            self._lines[name] = _Line(title, time.monotonic())

    def say(self, name: str, line: str) -> None:
        with self._lock:
            if name in self._lines and line:
                self._lines[name].said = line

    def end(self, name: str, outcome: str, seconds: float) -> None:
        with self._lock:
            line = self._lines.pop(name, None)
        if outcome == "unchanged" or line is None:
            return
        mark = "[red]✗[/]" if outcome == "failed" else "[green]✓[/]"
        took = f"[dim]{seconds:.1f} s[/]" if seconds else ""
        self._console.print(f" {mark} {line.title}  {took}")

    def _render(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        with self._lock:
            lines = list(self._lines.values())
        for line in lines:
            elapsed = f"{time.monotonic() - line.startedAt:.0f} s"
            said = Text(line.said, style="dim", no_wrap=True, overflow="ellipsis")
            table.add_row(Spinner("dots", style="cyan"), line.title, Text(elapsed, style="dim"), said)
        return table


def makeReport() -> LiveReport | PlainReport:
    console = Console()
    return LiveReport(console) if console.is_terminal and not console.is_dumb_terminal else PlainReport()


def showFailure(title: str, reason: str, fix: str, log: Path | None, sinceByte: int = 0) -> None:
    """The failing part, its last words and what to do, on standard error."""
    console = Console(stderr=True, highlight=False)
    console.print(f"[bold red]{title}[/]: {reason}" if console.is_terminal else f"{title}: {reason}", soft_wrap=True)
    for line in lastLines(log, sinceByte):
        console.print(f"  {line}", markup=False, style="dim", soft_wrap=True)
    if log is not None:
        console.print(f"Log: {log}", markup=False, soft_wrap=True)
    console.print(fix, markup=False, soft_wrap=True)


def lastLines(log: Path | None, sinceByte: int = 0, count: int = LAST_LINES) -> Sequence[str]:
    return saidSince(log, sinceByte).splitlines()[-count:] if log is not None else []


def isTerminal() -> bool:
    return sys.stdout.isatty()


__all__ = ["LiveReport", "PlainReport", "Report", "isTerminal", "lastLines", "makeReport", "showFailure"]
