"""scripts/lock: pyproject.toml → poetry.lock → requirements/*.txt with hashes, which plain pip installs."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scripts.stack.paths import ROOT, TOOLS

POETRY: Final = ("poetry>=2.1", "poetry-plugin-export>=1.9")
# File → what poetry's export is asked for.
EXPORTS: Final = {"runtime.txt": (), "development.txt": ("--with", "dev")}
OPTION: Final = "--"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/lock", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep the locked versions; only write requirements/")
    given = parser.parse_args(argv)
    poetry = _ensurePoetry(TOOLS / "poetry")
    try:
        if not given.keep:
            _run(poetry, "lock", "--regenerate")
        _run(poetry, "check", "--lock")
        for name, groups in EXPORTS.items():
            exported = _run(poetry, "export", "--format", "requirements.txt", *groups)
            (ROOT / "requirements" / name).write_text(withoutOptions(exported))
    except subprocess.CalledProcessError as error:
        print(error.stderr or error.stdout, file=sys.stderr)
        return 1
    return 0


def withoutOptions(exported: str) -> str:
    """The requirements alone: which registry they come from is each machine's own matter."""
    lines = [line for line in exported.splitlines() if line and not line.startswith(OPTION)]
    return "\n".join(lines) + "\n"


def _ensurePoetry(environment: Path) -> Path:
    program = environment / "bin" / "poetry"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
        subprocess.run([str(environment / "bin" / "pip"), "install", "--quiet", *POETRY], check=True)
    return program


def _run(poetry: Path, *arguments: str) -> str:
    environment = {**os.environ, "POETRY_VIRTUALENVS_CREATE": "false", "POETRY_WARNINGS_EXPORT": "false"}
    command = [str(poetry), "--no-interaction", "--no-ansi", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
