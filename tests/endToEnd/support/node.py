"""Tests that are written for Node's own runner."""

from __future__ import annotations

import os
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
    assert ended.returncode == 0, ended.stdout[-12_000:] + ended.stderr[-2_000:]
