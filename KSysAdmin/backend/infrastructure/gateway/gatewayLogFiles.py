from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from KSysAdmin.backend.domain.exceptions.settingErrors import GatewayLogMissingError
from KSysAdmin.backend.domain.interfaces.gatewayLogInterface import GatewayLogInterface, LoggedRequests

MOST_LINES: Final = 50_000
# Of each file only its end is read.
MOST_BYTES: Final = 256 * 1024 * 1024
# Nothing else leaves the log, and nothing else decides.
KEPT: Final = ("at", "method", "path", "status", "requestSeconds", "clientAddress", "verdict", "policy")
MARK: Final = b'"type":"gateway.request"'

Entry = tuple[datetime, bool, bytes]


class GatewayLogFiles(GatewayLogInterface):
    """The files the gateways log to, each with the older one that a full log was moved to (`name.log.1`)."""

    def __init__(self, paths: Sequence[Path], mostLines: int = MOST_LINES) -> None:
        self._paths, self._mostLines = paths, mostLines

    async def read(self, since: datetime, until: datetime) -> LoggedRequests:
        return await asyncio.to_thread(self._read, since, until)

    def _read(self, since: datetime, until: datetime) -> LoggedRequests:
        files = [file for path in self._paths for file in _withOlder(path) if file.is_file()]
        if not files:
            raise GatewayLogMissingError("none of the files in GATEWAY_LOG_FILES is there")
        parts = [deque(_entriesOf(file, since, until), maxlen=self._mostLines + 1) for file in files]
        # by time; those of one file and one second stay in the order in which they were written
        found = sorted((entry for part in parts for entry in part), key=lambda entry: entry[0])
        newest = found[-self._mostLines :]
        return LoggedRequests(
            lines=[line for _, _, line in newest],
            limited=sum(isLimited for _, isLimited, _ in newest),
            isCutOff=len(found) > len(newest),
            firstAt=newest[0][0] if newest else None,
            lastAt=newest[-1][0] if newest else None,
        )


def _withOlder(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}.1"), path


def _entriesOf(file: Path, since: datetime, until: datetime) -> Iterator[Entry]:
    with file.open("rb") as opened:
        beyond = file.stat().st_size - MOST_BYTES
        if beyond > 0:
            opened.seek(beyond)
            opened.readline()
        for line in opened:
            entry = _entryOf(line)
            if entry is not None and since <= entry[0] < until:
                yield entry


def _entryOf(line: bytes) -> Entry | None:
    """None for anything that is not the line of a request: the file holds what nginx itself says too."""
    if MARK not in line:
        return None
    try:
        said = json.loads(line)
        at = datetime.fromisoformat(said["at"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
    kept = {name: said[name] for name in KEPT if name in said}
    return at, said.get("verdict") == "limited", json.dumps(kept, separators=(",", ":")).encode()
