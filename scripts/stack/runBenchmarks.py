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
SUFFIX: Final = "Bench"
# These take minutes, so they run only when they are named.
WHEN_NAMED: Final = frozenset({"auth", "gatewayPeers", "gatewaySoak", "gatewayTroubles", "scale"})
# What is measured under one name together.
TOGETHER: Final = {"gateway": frozenset({"gateway", "gatewayPeers", "gatewayTroubles"})}


def main(argv: Sequence[str] | None = None) -> int:
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"some of {', '.join(known)} (gateway: with its peers and troubles);"
        f" unnamed, {' and '.join(sorted(WHEN_NAMED))} are left out: they take minutes",
    )
    given = parser.parse_args(argv)
    chosen = {name.removesuffix(SUFFIX) for name in given.names}
    chosen = {each for name in chosen for each in TOGETHER.get(name, {name})}
    unknown = chosen - set(known)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if not isPrepared(allSteps()):
        return 1
    codes = [_run(name) for name in known if name in (chosen or set(known) - WHEN_NAMED)]
    return max(codes, default=0)


def benchmarks(folder: Path = FOLDER) -> list[str]:
    """The names of the modules that can be run, without what they all end in."""
    modules = [path for path in folder.glob(f"*{SUFFIX}.py") if "__main__" in path.read_text()]
    return sorted(path.stem.removesuffix(SUFFIX) for path in modules)


def _run(name: str) -> int:
    print(f"\n━━ {name}", flush=True)
    module = f"scripts.benchmarks.{name}{SUFFIX}"
    return subprocess.run([str(VENV_PYTHON), "-m", module], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
