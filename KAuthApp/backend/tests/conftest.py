from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest
from httpx import AsyncClient

from conftest import DatabaseUrls
from KAuthApp.backend.tests.harness import AuthServer, AuthTestSettings, runServer

ONE_ADDRESS_IS_NO_ATTACK: Final = {
    "authAddressFailuresBeforeProof": 1_000_000,
    "authAddressFailuresBeforeMailCode": 1_000_000,
    "authAttackFailuresLately": 1_000_000,
    "authAttackFailuresToday": 1_000_000,
}


@pytest.fixture(scope="module")
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    """One server for a test module; each test brings its own people, and all of them come from one address."""
    settings = AuthTestSettings.model_validate(
        {**serverEnvironment, **ONE_ADDRESS_IS_NO_ATTACK, "authCodesAnHour": 100}
    )
    async with runServer(settings, database.superuser) as running:
        yield running


@pytest.fixture
async def client(server: AuthServer) -> AsyncIterator[AsyncClient]:
    """A browser; time is real again after the test."""
    async with server.browser() as opened:
        yield opened
    server.clock.reset()
    server.mail.failures = 0
