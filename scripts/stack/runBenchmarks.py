"""scripts/bench: runs the modules of scripts/benchmarks; each prints ratios of one interleaved run."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scripts.stack.paths import ROOT, VENV_PYTHON
from scripts.stack.preparation import allSteps
from scripts.stack.prepare import isPrepared

FOLDER: Final = ROOT / "scripts" / "benchmarks"


def main(argv: Sequence[str] | None = None) -> int:
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(known)}")
    given = parser.parse_args(argv)
    unknown = set(given.names) - set(known)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if not isPrepared(allSteps()):
        return 1
    codes = [_run(name) for name in known if not given.names or name in given.names]
    return max(codes, default=0)


def benchmarks(folder: Path = FOLDER) -> list[str]:
    """The modules that can be run; those that begin with an underscore or `__` help them."""
    modules = [path for path in folder.glob("*.py") if "__main__" in path.read_text()]
    return sorted(path.stem for path in modules)


def _run(name: str) -> int:
    print(f"\n━━ {name}", flush=True)
    return subprocess.run([str(VENV_PYTHON), "-m", f"scripts.benchmarks.{name}"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
