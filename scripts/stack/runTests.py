"""scripts/test: every test on real parts. Brings up what the tests need, on free ports, and leaves nothing running."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.stack.paths import ROOT, TOOLS, VENV_PYTHON
from scripts.stack.preparation import CRATE, browserSteps, frontendSteps, nodeStep, pythonSteps, serviceSteps
from scripts.stack.prepare import isPrepared
from scripts.stack.steps import Step
from scripts.stack.toolchains import nodeEnvironment, rustEnvironment

NO_TEST_COLLECTED: Final = 5
Command = tuple[str, ...]
PYTEST: Final = (str(VENV_PYTHON), "-m", "pytest")
WHOLE_STACK: Final = "stack or browser"
# Tests wait for servers more than they compute, so the numbers do not follow that of the processors.
PYTHON_WORKERS: Final = 3
STACKS: Final = 2


def sideBySide(workers: int, marks: str, *folders: str) -> Command:
    """So many files of tests at a time, each worker with servers of its own; what is collected first begins first."""
    return (*PYTEST, "-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder", "-m", marks, *folders)


@dataclass(frozen=True)
class Part:
    """What is run one after the other, what it needs prepared, where it runs and in which environment."""

    name: str
    title: str
    commands: tuple[Command, ...]
    steps: Callable[[], list[Step]]
    folder: Path = ROOT
    environment: Callable[[], Mapping[str, str]] = lambda: os.environ


PARTS: Final = (
    Part(
        "rust",
        "Rust extension: cargo test",
        (("cargo", "test", "--locked", "--no-default-features", "--quiet"),),
        list,
        CRATE,
        rustEnvironment,
    ),
    Part(
        "python",
        "Services, gateway and scripts: pytest",
        (
            sideBySide(PYTHON_WORKERS, f"not ({WHOLE_STACK} or alone)"),
            (*PYTEST, "-m", f"alone and not ({WHOLE_STACK})"),
        ),
        lambda: [*pythonSteps(), *serviceSteps(), nodeStep()],
        environment=nodeEnvironment,
    ),
    Part("web", "Frontends: vitest", (("npm", "test"),), frontendSteps, environment=nodeEnvironment),
    Part(
        "end2end",
        "The whole stack through the gateway: pytest",
        (sideBySide(STACKS, WHOLE_STACK, "tests"),),
        lambda: [*pythonSteps(), *serviceSteps(), *frontendSteps(), *browserSteps()],
        environment=nodeEnvironment,
    ),
)


@dataclass(frozen=True)
class Outcome:
    part: Part
    code: int
    seconds: float


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/test", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(part.name for part in PARTS)}")
    given = parser.parse_args(argv)
    unknown = set(given.parts) - {part.name for part in PARTS}
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    chosen = [part for part in PARTS if not given.parts or part.name in given.parts]
    if not isPrepared(_stepsOf(chosen)):
        return 1
    outcomes = [_run(part) for part in chosen]
    return _conclude(outcomes)


def _stepsOf(parts: Sequence[Part]) -> list[Step]:
    byName = {step.name: step for part in parts for step in part.steps()}
    return list(byName.values())


def _run(part: Part) -> Outcome:
    print(f"\n━━ {part.title}", flush=True)
    startedAt = time.monotonic()
    codes = [_codeOf(command, part) for command in part.commands]
    return Outcome(part, next((code for code in codes if code != 0), 0), time.monotonic() - startedAt)


def _codeOf(command: Command, part: Part) -> int:
    done = subprocess.run(command, cwd=part.folder, env=_environmentOf(part), check=False)
    return 0 if done.returncode == NO_TEST_COLLECTED and command[:3] == PYTEST else done.returncode


def _environmentOf(part: Part) -> dict[str, str]:
    environment = dict(part.environment())
    wrappers = str(TOOLS / "bin")
    chromium = TOOLS / "bin" / "chromium"
    named = {"K_CHROMIUM": environment.get("K_CHROMIUM", str(chromium))} if chromium.exists() else {}
    return (
        environment
        | named
        | {
            "PATH": os.pathsep.join([str(VENV_PYTHON.parent), environment.get("PATH", ""), wrappers]),
            "PYTHONPATH": str(ROOT),
            "CI": environment.get("CI", "true"),
        }
    )


def _conclude(outcomes: Sequence[Outcome]) -> int:
    print()
    for outcome in outcomes:
        mark = "✓" if outcome.code == 0 else "✗"
        print(f"{mark} {outcome.part.name:<8} {outcome.seconds:6.1f} s   {outcome.part.title}")
    failed = [outcome.part.name for outcome in outcomes if outcome.code != 0]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
