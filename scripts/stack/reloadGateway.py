"""
scripts/manage reloadGateway: the running gateway takes new certificates, settings and Lua files; nobody is cut off.

Old workers finish what they serve while new ones take what comes. What nginx would refuse changes nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from scripts.stack.envFile import parseEnv, settingsByHand, withFiles
from scripts.stack.gatewayConfig import GatewaySettingError, renderGatewayConfig
from scripts.stack.paths import ENV_FILE, ENVIRONMENT_FILE, RUN
from scripts.stack.provision import NginxTool, provisionServices
from scripts.stack.surroundings import placed

NEW_WORKERS_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.05
# In this time a connection in use has carried an answer.
FAREWELL_SECONDS: Final = 1.5
SECRETS: Final = ("GATEWAY_SHARED_SECRET", "REDIS_URL")
# What a running gateway may be told anew; its ports and what it shares with the servers stay as they were started.
CHANGEABLE: Final = (
    "GATEWAY_ACME_FOLDER", "GATEWAY_TRUSTED_PROXIES", "GATEWAY_WORKERS", "GATEWAY_ADMIN_ALLOWED", "GATEWAY_NODES",
    "GATEWAY_PUBLIC_SERVERS", "GATEWAY_ADMIN_SERVERS",
)  # fmt: skip
ACCESS_LOG: Final = re.compile(r'^access_log "([^"]+)"', re.MULTILINE)
CERTIFICATE: Final = ("GATEWAY_TLS_CERTIFICATE", "GATEWAY_TLS_KEY")


class ReloadRefusedError(Exception):
    """The gateway goes on as it was; the text says why."""


def reloadGateway(folder: Path, nginx: NginxTool, values: Mapping[str, str]) -> int:
    """Check, then hand over from the old workers to new ones; the number of new workers."""
    master = _masterOf(folder)
    values = {**values, "GATEWAY_ACCESS_LOG": _accessLogOf(folder)}
    _ensureAccepted(folder, nginx, values)
    renderGatewayConfig(nginx, values, folder)
    _sayFarewell(values.get("GATEWAY_PRIVATE_ADDRESS") or "127.0.0.1", int(values["GATEWAY_METRICS_PORT"]))
    before = workersOf(master)
    os.kill(master, signal.SIGHUP)
    deadline = time.monotonic() + NEW_WORKERS_SECONDS
    while not (fresh := workersOf(master) - before) or any(_takesRequests(worker) for worker in before):
        if time.monotonic() > deadline:
            raise ReloadRefusedError("nginx started no new workers; its log says why")
        time.sleep(POLL_SECONDS)
    return len(fresh)


def _takesRequests(worker: int) -> bool:
    """An old worker says of itself that it is shutting down as soon as it takes no more connections."""
    try:
        title = Path(f"/proc/{worker}/cmdline").read_bytes()
    except OSError:
        return False
    return title != b"" and b"shutting down" not in title


def _sayFarewell(address: str, port: int) -> None:
    """Whoever keeps a connection hears of its end with an answer; an old gateway that knows no farewell is let be."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(address, port, timeout=FAREWELL_SECONDS)
        connection.request("POST", "/farewell")
        connection.getresponse().read()
        connection.close()
        time.sleep(FAREWELL_SECONDS)


def workersOf(master: int) -> set[int]:
    """The processes that a master of nginx has started."""
    text = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii")
    return {int(pid) for pid in text.split()}


def _masterOf(folder: Path) -> int:
    try:
        master = int((folder / "nginx.pid").read_text(encoding="ascii"))
        os.kill(master, 0)
    except (OSError, ValueError) as error:
        raise ReloadRefusedError(f"no gateway runs from {folder}") from error
    return master


def _accessLogOf(folder: Path) -> str:
    """It stays where it is: what this command could open may be closed to the gateway."""
    found = ACCESS_LOG.search((folder / "runtime" / "http.conf").read_text(encoding="utf-8"))
    return found[1] if found else ""


def _ensureAccepted(folder: Path, nginx: NginxTool, values: Mapping[str, str]) -> None:
    """Nginx reads the new configuration beside the old one first."""
    trial = folder / "trial"
    environment = {**nginx.environment, "PATH": "/usr/bin:/bin"}
    try:
        command = renderGatewayConfig(nginx, values, trial)
        done = subprocess.run([*command, "-t"], env=environment, capture_output=True, text=True, check=False)
    finally:
        shutil.rmtree(trial, ignore_errors=True)
    if done.returncode != 0:
        raise ReloadRefusedError(done.stderr.strip())


def settingsNow() -> dict[str, str]:
    """Those that the gateway was started with, and what has been changed in `.env` since, where that may change."""
    if not ENVIRONMENT_FILE.exists():
        return withFiles(settingsByHand(), SECRETS)
    running: dict[str, str] = json.loads(ENVIRONMENT_FILE.read_text(encoding="utf-8"))
    written = parseEnv(ENV_FILE.read_text(encoding="utf-8")) if ENV_FILE.exists() else {}
    # with or without TLS is for the servers to know too, so that takes a start
    names = [*CHANGEABLE, *(CERTIFICATE if running.get("GATEWAY_TLS_CERTIFICATE") else ())]
    return running | {name: placed(written[name]) for name in names if written.get(name)}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/manage reloadGateway", description=__doc__)
    parser.add_argument("--folder", type=Path, default=RUN / "gateway", help="where the gateway runs from")
    given = parser.parse_args(argv)
    try:
        workers = reloadGateway(given.folder, provisionServices().nginx, settingsNow())
    except (ReloadRefusedError, GatewaySettingError, OSError) as error:
        print(f"The gateway was not changed: {error}", file=sys.stderr)
        return 1
    print(f"The gateway serves with {workers} new workers; the old ones finish what they have begun.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
