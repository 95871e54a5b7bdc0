"""scripts/doctor: looks at this machine and this checkout, and says in one sentence how to mend what is wrong."""

from __future__ import annotations

import argparse
import os
import shutil
import ssl
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from scripts.stack.envFile import HIGHEST_PORT, PORT_NAMES, faultsOf, optionalValues, parseEnv
from scripts.stack.paths import ENV_EXAMPLE, ENV_FILE, KEYS, ROOT, VAR, VENV_PYTHON
from scripts.stack.pipes import endWithReader
from scripts.stack.ports import isFree
from scripts.stack.provision import findNginx, findPostgres, findRedis
from scripts.stack.runState import runningState
from scripts.stack.toolchains import NODE_MINIMUM, RUST_MINIMUM, hasVersion

DISK_BYTES: Final = 3 * 10**9
MEMORY_KIB: Final = 1_500_000
PUBLIC_BITS: Final = 0o077
Verdict = Literal["good", "note", "bad"]
MARKS: Final = {"good": "✓", "note": "·", "bad": "✗"}


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do about it: nothing when it is good."""

    verdict: Verdict
    subject: str
    said: str
    fix: str = ""


def _python() -> Finding:
    return Finding("good", "Python", ".".join(map(str, sys.version_info[:3])))


def _environment() -> Finding:
    if VENV_PYTHON.exists():
        return Finding("good", "Environment", str(VENV_PYTHON.parent.parent))
    return Finding("note", "Environment", "not made yet", "scripts/up makes it.")


def _certificates() -> Finding:
    paths = ssl.get_default_verify_paths()
    present = [path for path in (paths.cafile, paths.capath, paths.openssl_cafile) if path and Path(path).exists()]
    if present:
        return Finding("good", "CA certificates", present[0])
    return Finding("bad", "CA certificates", "none", "Install the package ca-certificates.")


def _folder() -> Finding:
    nearest = VAR if VAR.exists() else VAR.parent
    if os.access(nearest, os.W_OK | os.X_OK):
        return Finding("good", "Folder", str(VAR))
    return Finding("bad", "Folder", f"{nearest} cannot be written", "Make it writable for this account.")


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free
    said = f"{free / 1e9:.1f} GB free"
    return Finding("good", "Disk", said) if free > DISK_BYTES else Finding("bad", "Disk", said, "Free 3 GB of disk.")


def _memory() -> Finding:
    lines = Path("/proc/meminfo").read_text().splitlines()
    available = next((int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")), 0)
    said = f"{available / 1e6:.1f} GB available"
    if available > MEMORY_KIB:
        return Finding("good", "Memory", said)
    return Finding("note", "Memory", said, "Close something: building needs about 1.5 GB.")


def _server(subject: str, find: Callable[[], object]) -> Callable[[], Finding]:
    def look() -> Finding:
        if find() is not None:
            return Finding("good", subject, "on this machine")
        if shutil.which("apt-get") and shutil.which("dpkg-deb"):
            return Finding("good", subject, "from the distribution's packages, unpacked under var/")
        return Finding("bad", subject, "not found", f"Install {subject}, or use `docker compose up --wait`.")

    return look


def _rust() -> Finding:
    if hasVersion("cargo", RUST_MINIMUM):
        return Finding("good", "Rust", "on this machine")
    if shutil.which("apt-get"):
        return Finding("good", "Rust", "from the distribution's packages, unpacked under var/")
    return Finding("bad", "Rust", "not found", "Install Rust 1.85 or newer with rustup.")


def _node() -> Finding:
    where = "on this machine" if hasVersion("node", NODE_MINIMUM) else "as a Python package, under var/"
    return Finding("good", "Node", where)


def _setpriv() -> Finding:
    if shutil.which("setpriv"):
        return Finding("good", "setpriv", "on this machine")
    return Finding("bad", "setpriv", "not found", "Install the package util-linux.")


def _settings() -> Finding:
    if not ENV_FILE.exists():
        return Finding("note", "Settings", "no .env yet", "scripts/up makes it.")
    known, given = parseEnv(ENV_EXAMPLE.read_text()), parseEnv(ENV_FILE.read_text())
    if faults := faultsOf(optionalValues(known) | given, known):
        return Finding("bad", "Settings", "; ".join(faults), "Compare .env with .env.example, which explains each.")
    if ENV_FILE.stat().st_mode & PUBLIC_BITS:
        return Finding("bad", "Settings", "others may read .env", f"Run chmod 600 {ENV_FILE}.")
    return Finding("good", "Settings", str(ENV_FILE))


def _keys() -> Finding:
    readable = [path.name for path in KEYS.glob("*PrivateKey.pem") if path.stat().st_mode & PUBLIC_BITS]
    if readable:
        return Finding(
            "bad", "Keys", f"others may read {', '.join(readable)}", f"Run chmod 600 {KEYS}/*PrivateKey.pem."
        )
    return Finding("good", "Keys", str(KEYS) if KEYS.exists() else "made by scripts/up")


def _ports() -> Finding:
    if runningState() is not None or not ENV_FILE.exists():
        return Finding("good", "Ports", "in use by this stack" if ENV_FILE.exists() else "chosen by scripts/up")
    given = parseEnv(ENV_FILE.read_text())
    ports = {name: int(given[name]) for name in PORT_NAMES if given.get(name, "").isdecimal()}
    taken = [f"{name}={port}" for name, port in ports.items() if port <= HIGHEST_PORT and not isFree(port)]
    if taken:
        return Finding("note", "Ports", f"taken by others: {', '.join(taken)}", "scripts/up uses free ones instead.")
    return Finding("good", "Ports", "free")


def _stack() -> Finding:
    state = runningState()
    if state is None:
        return Finding("note", "Stack", "does not run", "scripts/up starts it.")
    weak = [name for name, process in state.processes.items() if process.status not in ("ready", "done")]
    if weak:
        return Finding("bad", "Stack", f"not ready: {', '.join(weak)}", f"Read scripts/logs {weak[0]}.")
    return Finding("good", "Stack", f"{state.phase}, instance {state.instanceId}")


def _account() -> Finding:
    return Finding("good", "Account", "root: PostgreSQL runs as nobody" if os.geteuid() == 0 else "ordinary user")


LOOKS: Final[Sequence[Callable[[], Finding]]] = (
    _python,
    _environment,
    _account,
    _certificates,
    _setpriv,
    _folder,
    _disk,
    _memory,
    _server("PostgreSQL", findPostgres),
    _server("Redis", findRedis),
    _server("nginx with Lua", findNginx),
    _rust,
    _node,
    _settings,
    _keys,
    _ports,
    _stack,
)


def main(argv: Sequence[str] | None = None) -> int:
    argparse.ArgumentParser(prog="scripts/doctor", description=__doc__).parse_args(argv)
    findings = [look() for look in LOOKS]
    for finding in findings:
        print(f"{MARKS[finding.verdict]} {finding.subject:<16} {finding.said}")
        if finding.fix:
            print(f"  {'':<16} → {finding.fix}")
    return 1 if any(finding.verdict == "bad" for finding in findings) else 0


if __name__ == "__main__":
    endWithReader()
    sys.exit(main())
