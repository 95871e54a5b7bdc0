"""Whatever happens in whatever order: our books say what the bank did, and every invariant holds."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest

from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.tests.support.paymentServer import ChangeAsOwner, PaymentServer

STEPS = 40


class Story:
    """A merchant, payers and a bank with bad days, all drawn from one seed."""

    def __init__(self, server: PaymentServer, changeAsOwner: ChangeAsOwner, seed: int) -> None:
        self._server, self._changeAsOwner = server, changeAsOwner
        self._random = random.Random(seed)
        self._payments: list[str] = []

    async def run(self) -> None:
        acts = [
            self._create, self._create, self._pay, self._pay, self._pay, self._cancel, self._expire,
            self._check, self._notified, self._sweep, self._badDay, self._badDay,
        ]  # fmt: skip
        for _ in range(STEPS):
            await self._random.choice(acts)()
        await self.settle()

    async def settle(self) -> None:
        """The bank has a good day and every job has had its turn."""
        for fault in (await self._server.bank.get("/simulator/faults")).json()["items"]:
            await self._server.fault(fault["operation"], fault["fault"], 0)
        for _ in range(4):
            await self._notified()
            await self._check()
            await self._sweep()

    async def _create(self) -> None:
        response = await self._server.create()
        assert response.status_code == 201, response.text
        self._payments.append(response.json()["id"])

    async def _pay(self) -> None:
        """Pays what is open at the bank, ours to know or not; a refusal of the bank is no matter of ours."""
        items = (await self._server.bank.get("/simulator/virtual-accounts", params={"limit": 50})).json()["items"]
        if not items:
            return
        account = self._random.choice(items)
        await self._server.bank.post(
            f"/simulator/virtual-accounts/{account['digits']}/pay",
            json={"amount": "150000.00", "times": self._random.choice([1, 1, 2])},
            timeout=30,
        )

    async def _cancel(self) -> None:
        paymentId = self._draw()
        if paymentId is None:
            return
        response = await self._server.client.post(
            f"/api/payment/payments/{paymentId}/cancel", headers=self._server.headers()
        )
        assert response.status_code in {200, 409, 503}, response.text

    async def _expire(self) -> None:
        paymentId = self._draw()
        if paymentId is None:
            return
        late = "SET expires_at = least(expires_at, now() - interval '1 minute')"
        await self._changeAsOwner(f"UPDATE payment {late} WHERE id = $1", UUID(paymentId))
        await self._changeAsOwner(f"UPDATE payment_attempt {late} WHERE payment_id = $1", UUID(paymentId))

    async def _check(self) -> None:
        await self._server.makeDue()
        await self._server.run("checkAttempts")

    async def _notified(self) -> None:
        await self._server.change("UPDATE inbox_event SET next_try_at = now() WHERE state = 'received'")
        await self._server.run("processInbox")

    async def _sweep(self) -> None:
        await self._server.resources.redis.delete("kpayment:lease:paymentReport")
        await self._server.run("sweepReport")

    async def _badDay(self) -> None:
        operation, fault = self._random.choice(
            [
                ("createVa", "dropBeforeProcessing"), ("createVa", "dropAfterProcessing"),
                ("createVa", "errorAfterProcessing"), ("createVa", "unlistedCode"), ("createVa", "htmlBody"),
                ("inquiryVa", "emptyBody"), ("inquiryStatus", "unlistedCode"), ("deleteVa", "dropAfterProcessing"),
                ("report", "htmlBody"), ("notify", "lost"), ("notify", "duplicate"), ("notify", "amountMismatch"),
                ("notify", "wrongSignature"), ("*", "tokenInvalid"),
            ]
        )  # fmt: skip
        await self._server.fault(operation, fault)

    def _draw(self) -> str | None:
        return self._random.choice(self._payments) if self._payments else None


@pytest.mark.parametrize("seed", [1, 2, 3])
async def testBooksEqualTheBankWhateverHappened(server: PaymentServer, changeAsOwner: ChangeAsOwner, seed: int) -> None:
    await Story(server, changeAsOwner, seed).run()
    assert await server.violations() == {}
    receipts = await server.rows("SELECT bank_reference, amount_minor FROM receipt")
    ledger: Sequence[Mapping[str, object]] = (await server.bank.get("/simulator/ledger")).json()["items"]
    moved = sorted(
        (str(item["paymentRequestId"]), Money.parse(str(item["amount"]), "IDR").minorUnits) for item in ledger
    )
    assert sorted((str(row["bank_reference"]), row["amount_minor"]) for row in receipts) == moved
    unresolved = await server.rows("SELECT state FROM payment_attempt WHERE state IN ('sent', 'unknown')")
    assert unresolved == []
