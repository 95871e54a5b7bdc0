from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

from conftest import DatabaseUrls
from KAuthApp.backend.tests.harness import AuthServer, AuthTestSettings, runServer


@pytest.fixture(scope="module")
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    """One server for a test module; each test brings its own people."""
    settings = AuthTestSettings.model_validate({**serverEnvironment, "authCodesAnHour": 100})
    async with runServer(settings, database.superuser) as running:
        yield running


@pytest.fixture
async def client(server: AuthServer) -> AsyncIterator[AsyncClient]:
    """A browser; time is real again after the test."""
    async with server.browser() as opened:
        yield opened
    server.clock.ahead *= 0
    server.mail.failures = 0
