"""scripts/lint: style, types and contracts of every language; one line for what holds, everything on what does not."""

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

from scripts.stack.debianPackages import PackagesUnavailableError
from scripts.stack.paths import ROOT, VENV, VENV_PYTHON
from scripts.stack.preparation import CRATE, PACKAGE_LOCK, nodeStep, pythonSteps
from scripts.stack.prepare import isPrepared
from scripts.stack.provision import provisionTool
from scripts.stack.toolchains import nodeEnvironment, rustEnvironment

PACKAGES: Final = ("shared", "KAuthApp", "KSysPayment", "KSysAdmin", "scripts", "tests")
FILES: Final = ("conftest.py", "public_server.py", "admin_server.py")
Invocation = tuple[Sequence[str], Mapping[str, str], Path]


@dataclass(frozen=True)
class Check:
    name: str
    title: str
    invoke: Callable[[], Invocation]


def _inEnvironment(program: str, *arguments: str) -> Callable[[], Invocation]:
    return lambda: ([str(VENV / "bin" / program), *arguments], os.environ, ROOT)


def _module(name: str, *arguments: str) -> Callable[[], Invocation]:
    return lambda: ([str(VENV_PYTHON), "-m", name, *arguments], os.environ, ROOT)


def _cargo(*arguments: str) -> Callable[[], Invocation]:
    return lambda: (["cargo", *arguments], rustEnvironment(), CRATE)


def _shellcheck() -> Invocation:
    tool = provisionTool("shellcheck")
    return [*tool.command, *_shellFiles()], tool.runEnvironment(), ROOT


def _luacheck() -> Invocation:
    tool = provisionTool("luacheck")
    return [*tool.command, "--quiet", "nginx"], tool.runEnvironment(), ROOT


def _npm() -> Invocation:
    return ["npm", "run", "--silent", "lint"], nodeEnvironment(), ROOT


def _shellFiles() -> list[str]:
    """Every tracked file that a shell runs, whatever it is called."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    candidates = [name for name in listed.stdout.splitlines() if Path(name).suffix in ("", ".sh")]
    return [name for name in candidates if _isShell(ROOT / name)]


def _isShell(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        first = file.readline(80)
    return first.startswith(b"#!") and (b"/sh" in first or b"bash" in first)


CHECKS: Final = (
    Check("ruff", "Python style", _inEnvironment("ruff", "check", ".")),
    Check("format", "Python format", _inEnvironment("ruff", "format", "--check", ".")),
    Check("mypy", "Python types, strict", _inEnvironment("mypy", *PACKAGES, *FILES)),
    Check("imports", "Import contracts", _inEnvironment("lint-imports", "--no-cache")),
    Check("names", "House names", _module("scripts.stack.houseNames")),
    Check("hosts", "No registry host in any file", _module("scripts.stack.registryHosts")),
    Check("lua", "Lua", _luacheck),
    Check("rustfmt", "Rust format", _cargo("fmt", "--check")),
    Check("clippy", "Rust lints", _cargo("clippy", "--locked", "--all-targets", "--quiet", "--", "-D", "warnings")),
    Check("shell", "Shell", _shellcheck),
    Check("web", "TypeScript", _npm),
)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/lint", description=__doc__)
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"some of {', '.join(c.name for c in CHECKS)}")
    given = parser.parse_args(argv)
    unknown = set(given.checks) - {check.name for check in CHECKS}
    if unknown:
        parser.error(f"there is no check {', '.join(sorted(unknown))}")
    chosen = [check for check in CHECKS if not given.checks or check.name in given.checks]
    needsNode = PACKAGE_LOCK.exists() and any(check.name == "web" for check in chosen)
    if not isPrepared([*pythonSteps(), *([nodeStep()] if needsNode else [])]):
        return 1
    failed = [check.name for check in chosen if not _holds(check)]
    print(f"\n{len(chosen) - len(failed)} checks hold, {len(failed)} do not{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed else 0


def _holds(check: Check) -> bool:
    startedAt = time.monotonic()
    try:
        command, environment, folder = check.invoke()
    except PackagesUnavailableError as error:
        print(f"✗ {check.title}: {error}", flush=True)
        return False
    done = subprocess.run(
        command, cwd=folder, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    mark = "✓" if done.returncode == 0 else "✗"
    print(f"{mark} {check.title:<30} {time.monotonic() - startedAt:6.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout.decode(errors="replace").rstrip(), flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
