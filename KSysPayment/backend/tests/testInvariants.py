"""The invariants notice what they are for: each one is broken on purpose, seen by its name, and mended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from KSysPayment.backend.compositionRoot import composeParts
from KSysPayment.backend.tests.support.paymentServer import ChangeAsOwner, PaymentServer


@pytest.fixture(name="paid", scope="module")
async def payOne(server: PaymentServer) -> UUID:
    payment = (await server.create()).json()
    await server.pay(payment["briva"]["virtualAccountNo"])
    await server.run("processInbox", "relay")
    return UUID(payment["id"])


BREAKAGES = {
    "balancesEqualEntries": (
        "UPDATE ledger_account SET balance_minor = balance_minor + 1",
        "UPDATE ledger_account SET balance_minor = balance_minor - 1",
    ),
    "receivedEqualsAppliedReceipts": (
        "UPDATE receipt SET disposition = 'unapplied'",
        "UPDATE receipt SET disposition = 'applied'",
    ),
    "unappliedMoneyHasException": (
        "UPDATE receipt SET disposition = 'unapplied'",
        "UPDATE receipt SET disposition = 'applied'",
    ),
    "oneJournalPerReceipt": (
        "UPDATE receipt SET disposition = NULL",
        "UPDATE receipt SET disposition = 'applied'",
    ),
    "movesAreLegal": (
        "UPDATE payment_event SET from_status = 'failed' WHERE to_status = 'paid'",
        "UPDATE payment_event SET from_status = 'awaitingPayment' WHERE to_status = 'paid'",
    ),
    "eventsFollowEachOther": (
        "UPDATE payment_event SET sequence = sequence + 10 WHERE to_status = 'paid'",
        "UPDATE payment_event SET sequence = sequence - 10 WHERE to_status = 'paid'",
    ),
    "eventsAreSent": (
        "UPDATE outbox_message SET topic = 'elsewhere'",
        "UPDATE outbox_message SET topic = 'payment.event'",
    ),
    "outboxIsDelivered": (
        "UPDATE outbox_message SET delivered_at = NULL, attempts = 0, available_at = now() - interval '1 hour'",
        "UPDATE outbox_message SET delivered_at = now(), attempts = 1",
    ),
    "notificationsAreProcessed": (
        "UPDATE inbox_event SET state = 'received', first_seen_at = now() - interval '1 hour'",
        "UPDATE inbox_event SET state = 'processed'",
    ),
    "finishedKeysHaveAnswers": (
        "UPDATE idempotency_key SET response_status = NULL",
        "UPDATE idempotency_key SET response_status = 201",
    ),
    "clearingEqualsUnsettledReceipts": (
        "UPDATE receipt SET settled_at = now()",
        "UPDATE receipt SET settled_at = NULL",
    ),
}


@pytest.mark.parametrize("name", BREAKAGES)
async def testBrokenInvariantIsNamed(
    server: PaymentServer, changeAsOwner: ChangeAsOwner, paid: UUID, name: str
) -> None:
    parts = composeParts(server.resources, server.settings)
    now = server.resources.clock.now()
    damage, repair = BREAKAGES[name]
    await changeAsOwner(damage)
    try:
        assert name in await parts.invariants.findViolations(now)
    finally:
        await changeAsOwner(repair)
    assert await parts.invariants.findViolations(now) == {}


async def testRecentCheckLooksAtWhatChangedOnly(
    server: PaymentServer, changeAsOwner: ChangeAsOwner, paid: UUID
) -> None:
    parts = composeParts(server.resources, server.settings)
    now = server.resources.clock.now()
    damage, repair = BREAKAGES["movesAreLegal"]
    await changeAsOwner(damage)
    try:
        assert await parts.invariants.findViolations(now, now - timedelta(hours=1))
        assert await parts.invariants.findViolations(now, now + timedelta(hours=1)) == {}
    finally:
        await changeAsOwner(repair)
