"""Whatever happens in whatever order: our books say what the bank did, and every invariant holds."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.tests.support.paymentServer import ChangeAsOwner, PaymentServer

pytestmark = pytest.mark.long

Result = TypeVar("Result")

EXAMPLES: Final = 12
STEPS: Final = 25
STEP_SECONDS: Final = 60
STRAY_NUMBERS: Final = itertools.count(9_000_000_000_001)
PRICE: Final = Money(minorUnits=150_000_00, currency="IDR")

GOOD: Final = "good"
BROKEN_ANSWERS: Final = (
    GOOD, GOOD, "dropBeforeProcessing", "dropAfterProcessing", "errorAfterProcessing", "unlistedCode", "htmlBody",
    "emptyBody", "tokenInvalid", "numericCode", "extraFields",
)  # fmt: skip
BROKEN_NOTICES: Final = (
    GOOD, GOOD, "lost", "duplicate", "amountMismatch", "wrongSignature", "prettyBody", "plainAmounts", "headerCase",
    "dropAfterProcessing",
)  # fmt: skip

answers = st.sampled_from(BROKEN_ANSWERS)
notices = st.sampled_from(BROKEN_NOTICES)
times = st.integers(1, 4)


@dataclass
class Order:
    """One payment as the story knows it: what the bank took for it, and how it ended before that."""

    paymentId: str
    digits: str = ""
    isPaidInTime: bool = False
    isPaidLate: bool = False


class Story(RuleBasedStateMachine):
    """A merchant, payers, a bank with bad days and jobs that run when they like; the model is what the bank took."""

    server: PaymentServer
    changeAsOwner: ChangeAsOwner
    loop: asyncio.AbstractEventLoop

    orders = Bundle("orders")
    ended = Bundle("ended")

    def __init__(self) -> None:
        super().__init__()
        self.known: list[Order] = []

    def do(self, work: Awaitable[Result]) -> Result:
        """On the server's own loop; the machine runs in a thread beside it."""

        async def working() -> Result:
            return await work

        return asyncio.run_coroutine_threadsafe(working(), self.loop).result(STEP_SECONDS)

    def breakNext(self, operation: str, fault: str, count: int = 1) -> None:
        if fault != GOOD:
            self.do(self.server.fault(operation, fault, count))

    @rule(target=orders, answer=answers)
    def create(self, answer: str) -> Order:
        self.breakNext("createVa", answer)
        response = self.do(self.server.create())
        assert response.status_code == 201, response.text
        order = Order(response.json()["id"])
        self.known.append(order)
        return order

    @rule(order=orders, notice=notices, copies=times)
    def pay(self, order: Order, notice: str, copies: int) -> None:
        """The bank takes the money only while its account is open, for the right amount and once."""
        self.breakNext("notify", notice)
        if self._payAtBank(order, copies, force=False):
            order.isPaidInTime = True

    @rule(order=orders, notice=notices)
    def payAtOnceAndProcess(self, order: Order, notice: str) -> None:
        """The usual story, more often than the others."""
        self.pay(order, notice, 1)
        self._process()

    @rule(order=ended, notice=notices)
    def payAfterTheEnd(self, order: Order, notice: str) -> None:
        """What closed accounts should make impossible."""
        self.breakNext("notify", notice)
        if self._payAtBank(order, 1, force=True):
            order.isPaidLate = True

    @rule(notice=notices)
    def payAnAccountNobodyWasGiven(self, notice: str) -> None:
        self.breakNext("notify", notice)
        digits = f"22084{next(STRAY_NUMBERS)}"
        assert self.do(self._payDigits(digits, 1, force=True)) == 200

    @rule(target=ended, order=consumes(orders), answer=answers)
    def cancel(self, order: Order, answer: str) -> object:
        self.breakNext("deleteVa", answer)
        path = f"/api/payment/payments/{order.paymentId}/cancel"
        response = self.do(self.server.client.post(path, headers=self.server.headers()))
        assert response.status_code in {200, 409, 503}, response.text
        assert not (response.status_code == 200 and order.isPaidInTime), "cancelled what the bank had money for"
        return order if response.status_code == 200 else multiple()

    @rule(order=orders)
    def letItsTimeBeOver(self, order: Order) -> None:
        late = "SET expires_at = least(expires_at, now() - interval '1 minute')"
        self.do(self.changeAsOwner(f"UPDATE payment {late} WHERE id = $1", UUID(order.paymentId)))
        self.do(self.changeAsOwner(f"UPDATE payment_attempt {late} WHERE payment_id = $1", UUID(order.paymentId)))

    @rule(operation=st.sampled_from(["inquiryVa", "inquiryStatus", "deleteVa", "report"]), answer=answers, count=times)
    def check(self, operation: str, answer: str, count: int) -> None:
        self.breakNext(operation, answer, count)
        self._check()

    @rule(answer=answers, count=times)
    def processNotifications(self, answer: str, count: int) -> None:
        self.breakNext("report", answer, count)
        self._process()

    @rule(answer=answers)
    def sweep(self, answer: str) -> None:
        self.breakNext("report", answer)
        self._sweep()

    @rule(seconds=st.integers(-240, 240))
    def clocksDiffer(self, seconds: int) -> None:
        self.do(self.server.bank.put("/simulator/clock", json={"offsetSeconds": seconds}))

    @rule()
    def theDatabaseStumbles(self) -> None:
        """Every booking fails half-way, once."""
        self.do(self.changeAsOwner("ALTER TABLE journal ADD CONSTRAINT stumble CHECK (false) NOT VALID"))
        try:
            self._check()
            self._process()
        finally:
            self.do(self.changeAsOwner("ALTER TABLE journal DROP CONSTRAINT stumble"))

    @invariant()
    def nothingIsBookedThatTheBankDidNotTake(self) -> None:
        taken = {str(item["paymentRequestId"]) for item in self._ledger()}
        rows = self.do(self.server.rows("SELECT bank_reference FROM receipt WHERE reference_kind = 'bank'"))
        assert {str(row["bank_reference"]) for row in rows} <= taken

    def teardown(self) -> None:
        """The bank has a good day, every job has had its turn: now the books must be the bank's."""
        self._mend()
        self.create(GOOD)  # with nothing open the report would be read only every ten minutes
        for _ in range(4):
            self._process()
            self._check()
            self._sweep()
        assert self.do(self.server.violations()) == {}
        rows = self.do(self.server.rows("SELECT bank_reference, amount_minor FROM receipt"))
        moved = [(str(item["paymentRequestId"]), str(item["amount"])) for item in self._ledger()]
        assert sorted((str(row["bank_reference"]), row["amount_minor"]) for row in rows) == sorted(
            (reference, Money.parse(amount, "IDR").minorUnits) for reference, amount in moved
        )
        for order in self.known:
            self._ensureRight(order)

    def _ensureRight(self, order: Order) -> None:
        after = self.do(self.server.get(order.paymentId))
        if order.isPaidInTime:
            assert (after["status"], after["received"]) == ("paid", {"value": PRICE.text, "currency": "IDR"})
        elif not order.isPaidLate:
            assert after["status"] in {"awaitingPayment", "expired", "cancelled", "failed"}, after
            assert after["received"] == {"value": "0.00", "currency": "IDR"}

    def _payAtBank(self, order: Order, copies: int, *, force: bool) -> bool:
        rows = self.do(
            self.server.rows(
                "SELECT virtual_account_no AS no FROM payment_attempt WHERE payment_id = :id", id=UUID(order.paymentId)
            )
        )
        return self.do(self._payDigits(str(rows[0]["no"]), copies, force=force)) == 200

    async def _payDigits(self, digits: str, copies: int, *, force: bool) -> int:
        response = await self.server.bank.post(
            f"/simulator/virtual-accounts/{digits}/pay",
            json={"amount": PRICE.text, "times": copies, "force": force},
            timeout=30,
        )
        return response.status_code

    def _check(self) -> None:
        self.do(self.server.makeDue())
        self.do(self.server.run("checkAttempts"))

    def _process(self) -> None:
        self.do(self.server.change("UPDATE inbox_event SET next_try_at = now() WHERE state = 'received'"))
        self.do(self.server.run("processInbox"))

    def _sweep(self) -> None:
        self.do(self.server.resources.redis.delete("kpayment:lease:paymentReport"))
        self.do(self.server.run("sweepReport"))

    def _mend(self) -> None:
        for fault in self.do(self.server.bank.get("/simulator/faults")).json()["items"]:
            self.do(self.server.fault(fault["operation"], fault["fault"], 0))
        self.do(self.server.bank.put("/simulator/clock", json={"offsetSeconds": 0}))

    def _ledger(self) -> Sequence[Mapping[str, object]]:
        items: Sequence[Mapping[str, object]] = self.do(self.server.bank.get("/simulator/ledger")).json()["items"]
        return items


async def testBooksEqualTheBankWhateverHappened(server: PaymentServer, changeAsOwner: ChangeAsOwner) -> None:
    class ThisStory(Story):
        pass

    ThisStory.server, ThisStory.changeAsOwner = server, staticmethod(changeAsOwner)
    ThisStory.loop = asyncio.get_running_loop()
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, ThisStory, settings=chosen)
