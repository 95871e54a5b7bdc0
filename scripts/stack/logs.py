"""scripts/logs: what the processes said; all of them together, or one."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from scripts.stack.paths import LOGS
from scripts.stack.pipes import endWithReader

POLL_SECONDS: Final = 0.25


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/logs", description=__doc__)
    parser.add_argument("service", nargs="?", help="a process of scripts/status; all when it is left out")
    parser.add_argument("-f", "--follow", action="store_true", help="go on as more is written")
    parser.add_argument("-n", "--lines", type=int, default=50, help="how many lines back to begin (50)")
    given = parser.parse_args(argv)
    logs = {log.stem: log for log in sorted(LOGS.glob("*.log"))}
    if given.service is not None and given.service not in logs:
        print(f"no log named {given.service}; there are: {', '.join(logs) or 'none yet'}", file=sys.stderr)
        return 2
    chosen = {given.service: logs[given.service]} if given.service else logs
    offsets = _showLast(chosen, given.lines)
    if given.follow:
        _follow(chosen, offsets)
    return 0


def _showLast(logs: Mapping[str, Path], count: int) -> dict[str, int]:
    offsets: dict[str, int] = {}
    for name, log in logs.items():
        content = log.read_bytes()
        offsets[name] = len(content)
        for line in content.decode(errors="replace").splitlines()[-count:] if count else []:
            _show(name, line, alone=len(logs) == 1)
    return offsets


def _follow(logs: Mapping[str, Path], offsets: dict[str, int]) -> None:
    try:
        while True:
            for name, log in logs.items():
                offsets[name] = _showNew(name, log, offsets[name], alone=len(logs) == 1)
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        return


def _showNew(name: str, log: Path, offset: int, *, alone: bool) -> int:
    size = log.stat().st_size
    with log.open("rb") as file:
        file.seek(offset if size >= offset else 0)
        content = file.read()
        end = file.tell()
    for line in content.decode(errors="replace").splitlines():
        _show(name, line, alone=alone)
    return end


def _show(name: str, line: str, *, alone: bool) -> None:
    print(line if alone else f"{name:<13} │ {line}", flush=True)


if __name__ == "__main__":
    endWithReader()
    sys.exit(main())
