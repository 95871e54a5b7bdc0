"""Any one process dies in the middle of the story: it comes back by itself and nothing is lost, doubled or let in."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from pydantic import JsonValue

from shared.backend.utils.uuid import generateId
from tests.support.books import Books
from tests.support.people import Bank, Body, Customer
from tests.support.runningStack import RunningStack

pytestmark = pytest.mark.stack

RECOVERY_S = 120.0
UNKNOWN_S = 60.0


@pytest.mark.parametrize("victim", ["publicServer", "adminServer", "gateway", "redis", "postgres", "simulator"])
async def testAnyProcessMayDie(stack: RunningStack, customer: Customer, bank: Bank, victim: str) -> None:
    waiting = await customer.createPayment()
    oldPid = stack.kill(victim)
    payments = await asyncio.gather(*(paidInSpiteOfTrouble(customer, bank) for _ in range(3)))
    await payInSpiteOfTrouble(bank, waiting)
    for payment in (waiting, *payments):
        await customer.awaitStatus(payment["id"], "paid", 120)
    assert stack.pidOf(victim) != oldPid
    me = await customer.get("/api/auth/me")
    assert me.status_code == 200, "the session survived"
    await Books(stack).ensureSound()


async def paidInSpiteOfTrouble(customer: Customer, bank: Bank) -> dict[str, JsonValue]:
    """Create with one idempotency key until an answer comes, as a client should, then pay."""
    key, reference = str(generateId()), f"order-{generateId()}"
    deadline = time.monotonic() + RECOVERY_S
    while time.monotonic() < deadline:
        payment = await tryToCreate(customer, key, reference)
        if payment is not None:
            return await payWhenItCanBePaid(customer, bank, payment)
        await asyncio.sleep(0.3)
    raise AssertionError(f"no payment could be created within {RECOVERY_S} s")


async def payWhenItCanBePaid(customer: Customer, bank: Bank, payment: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """A payment whose bank call ended in nothing is `unknown` until the bank has been asked; then it has a number."""
    await customer.awaitStatus(payment["id"], "awaitingPayment", UNKNOWN_S)
    read: dict[str, JsonValue] = (await customer.get(f"/api/payment/payments/{payment['id']}")).json()
    await payInSpiteOfTrouble(bank, read)
    return read


async def tryToCreate(customer: Customer, key: str, reference: str) -> dict[str, JsonValue] | None:
    body: Body = {"reference": reference, "amount": {"value": "20000.00", "currency": "IDR"}, "method": "briva"}
    try:
        answer = await customer.post("/api/payment/payments", body, **{"Idempotency-Key": key})
    except httpx.TransportError:
        return None
    assert answer.status_code in {201, 409, 429, 502, 503, 504}, answer.text
    return dict(answer.json()) if answer.status_code == 201 else None


async def payInSpiteOfTrouble(bank: Bank, payment: dict[str, JsonValue]) -> None:
    deadline = time.monotonic() + RECOVERY_S
    while time.monotonic() < deadline:
        if await bank.tryToPay(payment):
            return
        await asyncio.sleep(0.3)
    raise AssertionError("the bank could not be paid")
