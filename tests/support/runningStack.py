"""The whole stack, started by the same command a user types, with everything it writes in a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from tests.support.mailbox import Mailbox

ROOT = Path(__file__).resolve().parents[2]
UP_TIMEOUT_S = 1200


class Endpoints(BaseModel):
    """`var/run/endpoints.json` (apiContract 5)."""

    gateway: str
    publicServer: str
    adminServer: str
    simulator: str
    database: str
    redis: str
    mailDir: Path


@dataclass(frozen=True)
class RunningStack:
    """Where it is, and the means to hurt it."""

    endpoints: Endpoints
    var: Path

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(self.endpoints.mailDir)

    def kill(self, process: str) -> int:
        """SIGKILL to one process of the table; its pid, so that a test can see another take its place."""
        return self.signal(process, signal.SIGKILL)

    def signal(self, process: str, number: signal.Signals) -> int:
        """The same with any signal; nothing is sent while the process is between two lives."""
        pid = self.pidOf(process)
        if pid > 0:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return pid

    def pidOf(self, process: str) -> int:
        state = json.loads((self.var / "run" / "state.json").read_text())
        return int(state["processes"][process]["pid"])

    def run(self, script: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """One of the commands of `scripts/`, for this stack."""
        return runScript(self.var, script, *arguments, stdin=stdin)


def runScript(
    var: Path, script: str, *arguments: str, stdin: str = "", settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("K_TEST_")}
    return subprocess.run(
        [str(ROOT / "scripts" / script), *arguments],
        env=environment | {"K_VAR_DIR": str(var)} | dict(settings or {}),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=UP_TIMEOUT_S,
        check=False,
    )


def startStack(var: Path, settings: Mapping[str, str] | None = None) -> RunningStack:
    """`settings` win over what a new `.env` says."""
    started = runScript(var, "up", settings=settings)
    if started.returncode != 0:
        raise AssertionError(f"scripts/up failed:\n{started.stdout[-4000:]}\n{started.stderr[-4000:]}")
    endpoints = Endpoints.model_validate_json((var / "run" / "endpoints.json").read_text())
    return RunningStack(endpoints, var)
