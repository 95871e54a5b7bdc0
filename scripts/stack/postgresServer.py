"""A PostgreSQL of our own: its data folder, how it is started and how it says that it is ready."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scripts.stack.provision import ServiceTools
from scripts.stack.readiness import answersPostgres
from scripts.stack.unprivileged import asUnprivileged, giveTo

SUPERUSER: Final = "postgres"
# Nothing a crash could lose is kept by tests, so they do not wait for the disk.
FOR_TESTS: Final[Mapping[str, str]] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresFailedError(Exception):
    """initdb or the server did not do what it was asked; the text holds its own words."""


@dataclass(frozen=True)
class PostgresServer:
    """One data folder below `folder`, listening on loopback at `port`."""

    tools: ServiceTools
    folder: Path
    port: int
    password: str
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def superuserUrl(self) -> str:
        return f"postgresql+asyncpg://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.tools.postgresEnvironment, "LC_ALL": "C.UTF-8", "PGTZ": "UTC"}

    def initialise(self) -> bool:
        """Create the data folder; False when it was there already."""
        if (self.data / "PG_VERSION").exists():
            return False
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, mode=0o700)
        giveTo(self.data)
        with tempfile.NamedTemporaryFile("w", prefix="k-initdb-") as passwordFile:
            passwordFile.write(self.password)
            passwordFile.flush()
            giveTo(Path(passwordFile.name))
            self._run(
                [
                    str(self.tools.postgresBin / "initdb"),
                    f"--pgdata={self.data}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={passwordFile.name}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                    "--no-instructions",
                ]
            )
        return True

    def startCommand(self) -> list[str]:
        timezone = "UTC" if Path("/usr/share/zoneinfo/UTC").exists() else "GMT"
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "100",
            "shared_buffers": "64MB",
            "dynamic_shared_memory_type": "posix",
            "jit": "off",
            "timezone": timezone,
            "log_timezone": timezone,
            "logging_collector": "off",
            **self.settings,
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return asUnprivileged([str(self.tools.postgresBin / "postgres"), "-D", str(self.data), *options])

    def isReady(self, pid: int) -> bool:
        """Whether that very process serves this data folder: a crashed one leaves its file behind."""
        pidFile = self.data / "postmaster.pid"
        try:
            lines = pidFile.read_text().splitlines()
        except OSError:
            return False
        isThis = len(lines) >= 8 and lines[7].strip() == "ready" and lines[0].strip() == str(pid)
        return isThis and answersPostgres(self.port)

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(
            asUnprivileged(command), env=self.environment, cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise PostgresFailedError(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()}")


def newPassword() -> str:
    return secrets.token_urlsafe(24)
