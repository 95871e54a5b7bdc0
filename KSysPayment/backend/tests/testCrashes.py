"""The process is killed at each step; after a restart nothing is lost or doubled and the client gets its answer."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.infrastructure.database.invariantsRepository import InvariantsRepository
from KSysPayment.backend.tests.support.paymentServer import ChangeAsOwner, PaymentTestSettings, ReadAsOwner, settingsFor
from KSysPayment.simulator.testing import RunningSimulator, findFreePort
from shared.backend.database.engine import Database
from shared.backend.utils.clock import SystemClock
from shared.backend.utils.uuid import generateId

pytestmark = pytest.mark.long

REPOSITORY: Final = Path(__file__).resolve().parents[3]
SOON: Final[Mapping[str, object]] = {
    "paymentCheckFirstSeconds": 1,
    "paymentCheckEverySeconds": 1,
    "paymentReportEverySeconds": 6,
    "jobsInServer": True,
}
CREATE_STEPS: Final = ("create.claimed", "create.committed", "create.answerRead", "create.resultCommitted")
MONEY_STEPS: Final = ("inbox.committed", "receipt.booked", "receipt.committed")


@dataclass
class Stage:
    """Where the server of these tests is started, killed and started again."""

    environment: Mapping[str, object]
    simulator: RunningSimulator
    baseUrl: str
    port: int
    userId: str

    def start(self, failpoint: str = "") -> subprocess.Popen[bytes]:
        changes = {**SOON, "paymentFailpoint": failpoint}
        settings = settingsFor(self.environment, self.simulator, self.baseUrl, changes)
        process = subprocess.Popen(
            [sys.executable, "-m", "KSysPayment.backend.tests.support.serve", str(self.port)],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(revealed(settings)).encode())
        process.stdin.close()
        return process

    async def awaitStart(self, process: subprocess.Popen[bytes]) -> None:
        async with httpx.AsyncClient(base_url=self.baseUrl, trust_env=False) as client:
            while process.poll() is None:
                if await answers(client):
                    return
                await asyncio.sleep(0.05)
        raise AssertionError("the server did not start")

    @asynccontextmanager
    async def running(self, failpoint: str = "") -> AsyncIterator[subprocess.Popen[bytes]]:
        process = self.start(failpoint)
        try:
            await self.awaitStart(process)
            yield process
        finally:
            process.kill()
            process.wait()

    async def create(self, key: str) -> httpx.Response | None:
        """The answer, or None when the server died over it."""
        body = {"reference": key, "amount": {"value": "150000.00", "currency": "IDR"}, "method": "briva"}
        headers = {"Authorization": f"Bearer {self.userId}", "Idempotency-Key": key}
        async with httpx.AsyncClient(base_url=self.baseUrl, timeout=30, trust_env=False) as client:
            try:
                return await client.post("/api/payment/payments", json=body, headers=headers)
            except httpx.TransportError:
                return None

    async def awaitStatus(self, paymentId: str, status: str) -> None:
        headers = {"Authorization": f"Bearer {self.userId}"}
        async with httpx.AsyncClient(base_url=self.baseUrl, timeout=30, trust_env=False) as client:
            for _ in range(300):
                found = (await client.get(f"/api/payment/payments/{paymentId}", headers=headers)).json()
                if found["status"] == status:
                    return
                await asyncio.sleep(0.1)
        raise AssertionError(f"the payment did not become {status}")

    async def pay(self, digits: str) -> None:
        async with httpx.AsyncClient(base_url=self.simulator.baseUrl, timeout=30, trust_env=False) as bank:
            moved = await bank.put("/simulator/merchant", json={"baseUrl": f"{self.baseUrl}/api/payment/bri"})
            assert moved.status_code == 200
            paid = await bank.post(f"/simulator/virtual-accounts/{digits}/pay", json={"amount": "150000.00"})
            assert paid.status_code == 200, paid.text

    async def bankLedger(self) -> list[Mapping[str, object]]:
        async with httpx.AsyncClient(base_url=self.simulator.baseUrl, trust_env=False) as bank:
            items: list[Mapping[str, object]] = (await bank.get("/simulator/ledger")).json()["items"]
            return items


def revealed(settings: PaymentTestSettings) -> dict[str, object]:
    """The settings as JSON values, secrets in clear; for our own child process only."""
    values = settings.model_dump()
    return {
        name: value.get_secret_value() if hasattr(value, "get_secret_value") else value
        for name, value in values.items()
    }


async def answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/live")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def awaitDeath(process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        await asyncio.sleep(0.1)
    assert process.poll() == -9, "the server did not reach the step"


@pytest.fixture(name="stage", scope="module")
def openStage(serverEnvironment: dict[str, object], simulator: RunningSimulator) -> Stage:
    port = findFreePort()
    return Stage(serverEnvironment, simulator, f"http://127.0.0.1:{port}", port, str(generateId()))


@pytest.fixture(name="findViolations")
async def openInvariants(serverEnvironment: dict[str, object]) -> AsyncIterator[InvariantsRepository]:
    database = Database(str(serverEnvironment["databasePublicUrl"]), poolSize=2)
    yield InvariantsRepository(database)
    await database.close()


@pytest.mark.parametrize("step", CREATE_STEPS)
async def testKilledWhileCreating(
    stage: Stage, changeAsOwner: ChangeAsOwner, findViolations: InvariantsRepository, step: str
) -> None:
    key = f"{step}-{generateId()}"
    async with stage.running(step) as process:
        assert await stage.create(key) is None
        await awaitDeath(process)
    await changeAsOwner("UPDATE idempotency_key SET locked_until = now() WHERE key = $1", key)
    async with stage.running():
        again = await stage.create(key)
        assert again is not None
        assert again.status_code == 201, again.text
        payment = again.json()
        await stage.awaitStatus(payment["id"], "awaitingPayment")
        await stage.pay(payment["briva"]["virtualAccountNo"])
        await stage.awaitStatus(payment["id"], "paid")
    assert await findViolations.findViolations(SystemClock().now()) == {}


@pytest.mark.parametrize("step", MONEY_STEPS)
async def testKilledWhileBooking(
    stage: Stage, readAsOwner: ReadAsOwner, findViolations: InvariantsRepository, step: str
) -> None:
    key = f"{step}-{generateId()}"
    async with stage.running(step) as process:
        created = await stage.create(key)
        assert created is not None
        payment = created.json()
        await stage.pay(payment["briva"]["virtualAccountNo"])
        await awaitDeath(process)
    async with stage.running():
        await stage.awaitStatus(payment["id"], "paid")
    assert await findViolations.findViolations(SystemClock().now()) == {}
    await ensureBooksEqualBank(stage, readAsOwner)


async def ensureBooksEqualBank(stage: Stage, readAsOwner: ReadAsOwner) -> None:
    """What the bank really did, movement by movement, is what our receipts say."""
    moved = {
        (str(item["paymentRequestId"]), Money.parse(str(item["amount"]), "IDR").minorUnits)
        for item in await stage.bankLedger()
    }
    booked = await readAsOwner("SELECT bank_reference, amount_minor FROM receipt")
    assert {(row["bank_reference"], row["amount_minor"]) for row in booked} == moved
    assert len(booked) == len(moved)
