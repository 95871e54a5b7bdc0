from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from nginx.tests.gatewayUnderTest import GatewayUnderTest
from scripts.stack.provision import ServiceTools, provisionServices


@pytest.fixture(name="tools", scope="session")
def provideTools() -> ServiceTools:
    return provisionServices()


@pytest_asyncio.fixture(name="gateway", scope="module")
async def runGateway(tools: ServiceTools, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GatewayUnderTest]:
    """One gateway a test module; its policies are whatever the last test published."""
    folder: Path = tmp_path_factory.mktemp("gateway")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    gateway = GatewayUnderTest(tools, folder)
    try:
        await gateway.start()
        yield gateway
    finally:
        await gateway.stop()


@pytest_asyncio.fixture(name="client")
async def openClient(gateway: GatewayUnderTest) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway.url, timeout=10) as client:
        yield client
