"""Fifty hands at once on the same payments: nothing is lost, doubled or blocked, and a follower misses nothing."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import httpx
import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.tests.support.paymentServer import ChangeAsOwner, PaymentServer, ReadAsOwner
from shared.backend.utils.uuid import generateId

pytestmark = pytest.mark.alone

HANDS = 50
STEPS = 6
PATIENCE_S = 60.0


class Crowd:
    """Merchant, payers, jobs and clock, all at the same time on the same few payments."""

    def __init__(self, server: PaymentServer, changeAsOwner: ChangeAsOwner, seed: int) -> None:
        self._server, self._changeAsOwner = server, changeAsOwner
        self._random = random.Random(seed)
        self.payments: list[tuple[str, str]] = []
        self.failures: list[str] = []

    async def run(self) -> None:
        await asyncio.gather(*(self._create() for _ in range(12)))
        await asyncio.gather(*(self._hand() for _ in range(HANDS)))

    async def _hand(self) -> None:
        acts: list[Callable[[], Awaitable[None]]] = [
            self._create, self._pay, self._pay, self._cancel, self._expire, self._check, self._notified, self._sweep,
            self._look,
        ]  # fmt: skip
        for _ in range(STEPS):
            with suppress(PoolTimeoutError):  # a job that finds no connection free is run again later
                await self._random.choice(acts)()

    def _note(self, response: httpx.Response, *expected: int) -> httpx.Response:
        """A server that is too busy may say so, and only so."""
        if response.status_code not in {*expected, 503}:
            self.failures.append(f"{response.request.method} {response.request.url.path} {response.text}")
        return response

    async def _create(self) -> None:
        response = self._note(await self._server.create(), 201)
        body = response.json()
        if body.get("briva"):
            self.payments.append((body["id"], body["briva"]["virtualAccountNo"]))

    async def _pay(self) -> None:
        """Now and then with force: then also paid, cancelled and expired ones get money."""
        _, digits = self._random.choice(self.payments)
        await self._server.bank.post(
            f"/simulator/virtual-accounts/{digits}/pay",
            json={"amount": "150000.00", "times": 2, "force": self._random.random() < 0.2},
            timeout=60,
        )

    async def _cancel(self) -> None:
        paymentId, _ = self._random.choice(self.payments)
        path = f"/api/payment/payments/{paymentId}/cancel"
        response = await self._server.client.post(path, headers=self._server.headers())
        self._note(response, 200, 409)

    async def _expire(self) -> None:
        paymentId, _ = self._random.choice(self.payments)
        late = "SET expires_at = least(expires_at, now() - interval '1 minute')"
        await self._changeAsOwner(f"UPDATE payment {late} WHERE id = $1", UUID(paymentId))
        await self._changeAsOwner(f"UPDATE payment_attempt {late} WHERE payment_id = $1", UUID(paymentId))

    async def _check(self) -> None:
        await self._server.makeDue()
        await self._server.run("checkAttempts")

    async def _notified(self) -> None:
        await self._server.run("processInbox", "relay")

    async def _sweep(self) -> None:
        await self._server.resources.redis.delete("kpayment:lease:paymentReport")
        await self._server.run("sweepReport")

    async def _look(self) -> None:
        paymentId, _ = self._random.choice(self.payments)
        for path in (f"/payments/{paymentId}", "/payments?limit=5", "/balance", "/ledger/entries"):
            self._note(await self._server.client.get(f"/api/payment{path}", headers=self._server.headers()), 200)


async def follow(server: PaymentServer, seen: list[str], done: asyncio.Event) -> None:
    """Reads the feed until the crowd has gone home and nothing new comes; a server that is too busy is asked again."""
    after: str | None = None
    patientUntil = time.monotonic() + PATIENCE_S
    while True:
        isLast = done.is_set()
        params = {"limit": "7", **({"after": after} if after else {})}
        response = await server.client.get("/api/payment/events", params=params, headers=server.headers())
        if response.status_code == 503 and time.monotonic() < patientUntil:
            await asyncio.sleep(0.02)
            continue
        assert response.status_code == 200, response.text
        patientUntil = time.monotonic() + PATIENCE_S
        items = response.json()["items"]
        seen.extend(item["id"] for item in items)
        after = response.json()["nextCursor"]
        if isLast and not items:
            return
        await asyncio.sleep(0 if items else 0.02)


@pytest.mark.parametrize("seed", [11, 12])
async def testFiftyHandsAtOnceLeaveTheBooksAsTheBankHasThem(
    server: PaymentServer, changeAsOwner: ChangeAsOwner, readAsOwner: ReadAsOwner, seed: int
) -> None:
    server.userId = generateId()
    crowd, seen, done = Crowd(server, changeAsOwner, seed), list[str](), asyncio.Event()
    following = asyncio.create_task(follow(server, seen, done))
    await crowd.run()
    for _ in range(3):
        await server.change("UPDATE inbox_event SET next_try_at = now() WHERE state = 'received'")
        await server.run("processInbox", "relay")
        await server.makeDue()
        await server.run("checkAttempts")
        await server.resources.redis.delete("kpayment:lease:paymentReport")
        await server.run("sweepReport")
    done.set()
    await following

    assert crowd.failures == []
    assert await server.violations() == {}
    receipts = await server.rows("SELECT bank_reference, amount_minor FROM receipt")
    ledger = (await server.bank.get("/simulator/ledger")).json()["items"]
    moved = sorted((str(item["paymentRequestId"]), Money.parse(item["amount"], "IDR").minorUnits) for item in ledger)
    assert sorted((str(row["bank_reference"]), row["amount_minor"]) for row in receipts) == moved
    placed = await readAsOwner(
        "SELECT id::text FROM payment_event WHERE owner_id = $1 ORDER BY feed_position", server.userId
    )
    assert seen == [row["id"] for row in placed]
    deadlocks = await readAsOwner("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert [row["deadlocks"] for row in deadlocks] == [0]
