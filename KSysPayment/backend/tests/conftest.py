from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from KSysPayment.backend.tests.support.paymentServer import PaymentServer, runPaymentServer
from KSysPayment.simulator.testing import RunningSimulator, startSimulator


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """The bank of this module."""
    running = startSimulator(tmp_path_factory.mktemp("simulator"))
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
async def server(serverEnvironment: dict[str, object], simulator: RunningSimulator) -> AsyncIterator[PaymentServer]:
    async with runPaymentServer(serverEnvironment, simulator) as running:
        yield running
