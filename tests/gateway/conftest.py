from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from nginx.tests.conftest import provideTools as provideTools
from scripts.stack.provision import ServiceTools
from tests.gateway.twoNodes import TwoNodes


@pytest_asyncio.fixture(name="nodes", scope="module")
async def runNodes(tools: ServiceTools, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TwoNodes]:
    """One pair of gateways a test module; its policies are whatever the last test published."""
    folder: Path = tmp_path_factory.mktemp("nodes")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    nodes = TwoNodes(tools, folder)
    try:
        await nodes.start()
        yield nodes
    finally:
        await nodes.stop()
