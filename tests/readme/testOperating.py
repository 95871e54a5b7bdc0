"""What an operator reads at night names commands and settings that exist, and leaves none of the commands out."""

from __future__ import annotations

import re
from typing import Final

import pytest

from scripts.stack.manage import COMMANDS
from tests.support.runningStack import ROOT

PAGE: Final = (ROOT / "docs" / "operating.md").read_text()
EXPLAINED: Final = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
SETTINGS: Final = sorted(set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE)))


def testEveryCommandOfManageIsThereAndNoOther() -> None:
    assert set(re.findall(r"scripts/manage (\w+)", PAGE)) == set(COMMANDS)


@pytest.mark.parametrize("name", SETTINGS)
def testEveryNamedSettingIsExplained(name: str) -> None:
    assert name in EXPLAINED
