"""What the bank's notification may do: never come, come twenty times, come with a wrong signature."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.support.books import Books
from tests.support.people import Bank, Customer
from tests.support.runningStack import RunningStack

pytestmark = pytest.mark.stack

RECEIPTS = "SELECT count(*) FROM receipt r WHERE r.payment_id = :id"
JOURNALS = "SELECT count(*) FROM journal j JOIN receipt r ON j.source_id = r.id WHERE r.payment_id = :id"


async def testMoneyIsFoundWhenItsNotificationNeverComes(stack: RunningStack, customer: Customer, bank: Bank) -> None:
    payment = await customer.createPayment()
    await bank.fault("notify", "lost")
    await bank.pay(payment)
    assert await customer.awaitStatus(payment["id"], "paid", 120) < 120
    await Books(stack).ensureSound()


async def testTwentyEqualNotificationsAreOneReceiptAndOneJournal(
    stack: RunningStack, customer: Customer, bank: Bank
) -> None:
    payment = await customer.createPayment()
    await bank.pay(payment, times=20)
    await customer.awaitStatus(payment["id"], "paid", 20)
    books = Books(stack)
    assert await books.count(RECEIPTS, id=UUID(str(payment["id"]))) == 1
    assert await books.count(JOURNALS, id=UUID(str(payment["id"]))) == 1
    read = (await customer.get(f"/api/payment/payments/{payment['id']}")).json()
    assert read["received"] == payment["amount"]
    await books.ensureSound()


async def testANotificationWithAWrongSignatureBooksNothingButTheMoneyIsFoundAnyway(
    stack: RunningStack, customer: Customer, bank: Bank
) -> None:
    payment = await customer.createPayment()
    await bank.fault("notify", "wrongSignature")
    await bank.pay(payment)
    await customer.awaitStatus(payment["id"], "paid", 120)
    await Books(stack).ensureSound()
