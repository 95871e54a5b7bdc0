from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Protocol

import asyncpg
import pytest

from KSysPayment.backend.tests.support.paymentServer import ChangeAsOwner, PaymentServer, ReadAsOwner, runPaymentServer
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


class OwnedDatabase(Protocol):
    @property
    def owner(self) -> str: ...


@pytest.fixture(scope="module")
def changeAsOwner(database: OwnedDatabase) -> ChangeAsOwner:
    """Runs a statement the server's own role may not."""

    async def change(statement: str, *values: object) -> None:
        connection = await asyncpg.connect(database.owner.replace("postgresql+asyncpg://", "postgresql://", 1))
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()

    return change


@pytest.fixture(scope="module")
def readAsOwner(database: OwnedDatabase) -> ReadAsOwner:
    async def read(statement: str, *values: object) -> Sequence[Mapping[str, object]]:
        connection = await asyncpg.connect(database.owner.replace("postgresql+asyncpg://", "postgresql://", 1))
        try:
            return [dict(row) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()

    return read
