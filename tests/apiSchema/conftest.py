from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.people import Administrator
from tests.support.runningStack import RunningStack, runScript, startStack


@pytest.fixture(scope="module")
def fuzzedStack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack of its own: what is tried here suspends users and changes settings as it finds them."""
    var = Path(tmp_path_factory.mktemp("fuzzedStack"))
    var.chmod(0o755)
    try:
        yield startStack(var)
    finally:
        runScript(var, "down")


@pytest.fixture(scope="module")
async def fuzzingAdministrator(fuzzedStack: RunningStack) -> AsyncIterator[Administrator]:
    async with Administrator(fuzzedStack) as person:
        await person.createAndSignIn()
        yield person
