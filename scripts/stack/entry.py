"""The door of every script: makes the environment with the standard library alone, then runs the command in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from scripts.stack.debianPackages import exclusive
from scripts.stack.paths import BUILD, ROOT, VENV, VENV_PYTHON

# Command → its module, and whether the environment is made first or the command does with what is there.
COMMANDS: Final = {
    "up": ("scripts.stack.up", True),
    "test": ("scripts.stack.runTests", True),
    "lint": ("scripts.stack.runLint", True),
    "bench": ("scripts.stack.runBenchmarks", True),
    "manage": ("scripts.stack.manage", True),
    "doctor": ("scripts.stack.doctor", False),
    "down": ("scripts.stack.down", False),
    "status": ("scripts.stack.status", False),
    "logs": ("scripts.stack.logs", False),
    "lock": ("scripts.stack.lockDependencies", False),
    "structures": ("scripts.stack.structures", False),
}
# What the preparation itself is shown and built with; the rest follows from the same lock.
FIRST_PACKAGES: Final = ("rich", "markdown-it-py", "mdurl", "pygments", "maturin")
LOCK: Final = ROOT / "requirements" / "development.txt"


class EntryError(Exception):
    """The environment could not be made; the text says what to do."""


def ensureEnvironment() -> None:
    """Make `.venv`, or make it anew when its Python is gone, with the few packages that the preparation needs."""
    stamp = VENV / ".kFirstPackages"
    if stamp.exists() and _works(VENV_PYTHON):
        return
    with exclusive(BUILD / "venv.lock"):
        if stamp.exists() and _works(VENV_PYTHON):
            return
        startedAt = time.monotonic()
        print("… Python environment", flush=True)
        if not _works(VENV_PYTHON):
            _makeEnvironment()
        _installFirstPackages()
        stamp.touch()
        print(f"✓ Python environment  {time.monotonic() - startedAt:.1f} s", flush=True)


def _makeEnvironment() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        words = (done.stdout + done.stderr).strip()
        raise EntryError(
            f"{words}\nPython's venv module is needed (on Debian and Ubuntu: apt-get install python3-venv)."
        )


def _installFirstPackages() -> None:
    lock = BUILD / "firstPackages.txt"
    lock.write_text(firstPackages(LOCK.read_text()))
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(lock)], check=False)
    if done.returncode != 0:
        raise EntryError("Check that this machine reaches the Python package registry, then run the command again.")


def firstPackages(lock: str) -> str:
    """The entries of a hash-locked requirements file for the first packages alone."""
    entries = re.split(r"\n(?=\S)", lock)
    return "\n".join(entry for entry in entries if entry.partition("==")[0].strip().lower() in FIRST_PACKAGES) + "\n"


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([str(python), "-c", check], capture_output=True, check=False).returncode == 0


def main(argv: Sequence[str]) -> int:
    if not argv or argv[0] not in COMMANDS:
        print(f"usage: scripts/COMMAND, where COMMAND is one of {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    module, needsEnvironment = COMMANDS[argv[0]]
    try:
        if needsEnvironment:
            ensureEnvironment()
    except EntryError as error:
        print(error, file=sys.stderr)
        return 1
    return _handOver(module, argv[1:])


def _handOver(module: str, arguments: Sequence[str]) -> NoReturn:
    python = str(VENV_PYTHON) if VENV_PYTHON.exists() else sys.executable
    os.environ["PYTHONPATH"] = str(ROOT)
    os.chdir(ROOT)
    os.execv(python, [python, "-m", module, *arguments])  # noqa: S606 - this process becomes the command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
