"""`.env.example` explains every variable the servers read, and nothing they do not know."""

from __future__ import annotations

import re
from typing import Final

import pytest

from admin_server import AdminServerSettings
from public_server import PublicSettings
from shared.backend.config.settings import PlatformSettings, toEnvName
from tests.support.runningStack import ROOT

EXAMPLE: Final = (ROOT / ".env.example").read_text()
NAMED: Final = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))
# Set by whoever starts the process, or for tests only.
NOT_FOR_PEOPLE: Final = {"INSTANCE_ID", "PAYMENT_FAILPOINT"}


def namesOf(settings: type[PlatformSettings]) -> set[str]:
    return {toEnvName(name) for name in settings.model_fields}


@pytest.mark.parametrize("settings", [PublicSettings, AdminServerSettings])
def testEveryVariableIsExplained(settings: type[PlatformSettings]) -> None:
    inFiles = {name.removesuffix("_FILE") for name in NAMED}
    assert namesOf(settings) - NAMED - inFiles - NOT_FOR_PEOPLE == set()
