from __future__ import annotations

import os
import subprocess
from pathlib import Path

from scripts.stack.entry import COMMANDS, FIRST_PACKAGES, LOCK, firstPackages
from scripts.stack.paths import ROOT

SHIMS = ("up", "down", "status", "logs", "doctor", "manage", "test", "lint", "bench")


def testTheFirstPackagesComeWithTheirHashes() -> None:
    entries = firstPackages(LOCK.read_text())
    for name in FIRST_PACKAGES:
        assert f"\n{name}==" in f"\n{entries}"
    assert entries.count("==") == len(FIRST_PACKAGES) + entries.count("python_version ==")
    assert "--hash=sha256:" in entries


def testEveryCommandHasItsScript() -> None:
    for name in SHIMS:
        script = ROOT / "scripts" / name
        assert name in COMMANDS
        assert script.stat().st_mode & 0o111
        assert script.read_text().startswith("#!/bin/sh\n# ")


def testAnUnknownCommandSaysWhatThereIs() -> None:
    script = ROOT / "scripts" / "stack" / "run.sh"
    done = subprocess.run([str(script), "nothing"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "status" in done.stderr


def testACommandWhoseReaderHasGoneEndsQuietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [str(ROOT / "scripts" / "doctor")], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert done.stderr == ""


def testAnotherCheckoutAsWorkingFolderIsNotTaken(tmp_path: Path) -> None:
    other = tmp_path / "scripts" / "stack"
    other.mkdir(parents=True)
    for file in (other.parent / "__init__.py", other / "__init__.py", other / "entry.py"):
        file.write_text("raise SystemExit('the other one')\n")
    done = subprocess.run(
        [str(ROOT / "scripts" / "doctor"), "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
