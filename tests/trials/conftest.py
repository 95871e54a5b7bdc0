from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.people import Administrator
from tests.support.planted import Planter
from tests.support.runningStack import RunningStack, runScript, startStack

SETTINGS = {"ADMIN_SESSION_IDLE_MINUTES": "60"}


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack of its own, since the trials take away its limits and hurt it."""
    var = Path(tmp_path_factory.mktemp("trialStack"))
    var.chmod(0o755)
    try:
        yield startStack(var, SETTINGS)
    finally:
        runScript(var, "down")


@pytest.fixture(scope="package")
async def administrator(stack: RunningStack) -> AsyncIterator[Administrator]:
    """The owner, who has lifted every limit: one address does here what thousands do elsewhere."""
    async with Administrator(stack) as person:
        await person.createAndSignIn()
        for policy in (await person.get("/api/admin/rate-limit-policies", limit=200)).json()["items"]:
            removed = await person.send("DELETE", f"/api/admin/rate-limit-policies/{policy['id']}")
            assert removed.status_code == 204, removed.text
        yield person


@pytest.fixture(scope="package")
def planter(stack: RunningStack, administrator: Administrator) -> Planter:
    return Planter(stack)
