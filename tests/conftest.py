from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.people import Administrator, Bank, Customer
from tests.support.runningStack import RunningStack, runScript, startStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Everything, by `scripts/up`, in a `var` of its own; gone again by `scripts/down`."""
    var = Path(tmp_path_factory.mktemp("stack"))
    var.chmod(0o755)
    try:
        yield startStack(var)
    finally:
        runScript(var, "down")


@pytest.fixture(scope="session")
async def bank(stack: RunningStack) -> AsyncIterator[Bank]:
    async with Bank(stack) as opened:
        yield opened


@pytest.fixture(scope="session")
async def customer(stack: RunningStack) -> AsyncIterator[Customer]:
    """Registered, verified by real mail, signed in."""
    async with Customer(stack) as person:
        await person.register()
        await person.signIn()
        yield person


@pytest.fixture(scope="session")
async def administrator(stack: RunningStack) -> AsyncIterator[Administrator]:
    async with Administrator(stack) as person:
        await person.createAndSignIn()
        yield person
