"""The pages in a real browser: each one alone under a strict policy, and the whole story against the running stack."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.runningStack import RunningStack

FOLDER = Path(__file__).parent
TIMEOUT_S = 900


@pytest.mark.browser
def testEveryPageHoldsUnderAStrictPolicy() -> None:
    _runInNode("pages.test.mjs", {})


@pytest.mark.stack
@pytest.mark.browser
@pytest.mark.parametrize("file", ["story.test.mjs", "account.test.mjs", "passkeys.test.mjs", "administrators.test.mjs"])
def testTheStoryInABrowser(stack: RunningStack, file: str) -> None:
    endpoints = stack.var / "run" / "endpoints.json"
    _runInNode(file, {"K_ENDPOINTS_FILE": str(endpoints)})


@pytest.mark.stack
@pytest.mark.browser
def testTwoTabsAtOnce(stack: RunningStack) -> None:
    endpoints = stack.var / "run" / "endpoints.json"
    _runInNode("tabs.test.mjs", {"K_ENDPOINTS_FILE": str(endpoints)})


def _runInNode(file: str, settings: Mapping[str, str]) -> None:
    ended = subprocess.run(
        ["node", "--test", str(FOLDER / file)],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-12_000:] + ended.stderr[-2_000:]
