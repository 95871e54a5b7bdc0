"""Tests that are written for Node's own runner."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parents[1]
TIMEOUT_S = 900


def runInNode(file: str, settings: Mapping[str, str]) -> None:
    ended = subprocess.run(
        ["node", "--test", str(FOLDER / file)],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ended.returncode == 0, _whatFailed(ended.stdout) + ended.stderr[-2_000:]


def _whatFailed(said: str) -> str:
    """What failed comes first: who reads only the beginning of a long report should see it."""
    blocks = re.split(r"(?m)^(?=\s*(?:not )?ok \d)", said)
    failed = "".join(block for block in blocks if block.lstrip().startswith("not ok"))
    return failed[:12_000] or said[-12_000:]
