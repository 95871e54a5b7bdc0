"""From order to money in the books, through the server's port and the bank's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event

from KSysPayment.backend.domain.interfaces.repositoryInterfaces import MoneyReport, TakenReceipt
from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.domain.models.receipt import ReceiptSource, ReferenceKind
from KSysPayment.backend.domain.policies.receiptBookingPolicy import bookReceipt
from KSysPayment.backend.domain.policies.receiptPolicy import ReceiptPolicy
from KSysPayment.backend.infrastructure.database.paymentWork import PaymentWork
from KSysPayment.backend.tests.support.paymentServer import PaymentServer, revokedIdentities
from shared.backend.utils.uuid import generateId


async def testPaidPaymentIsBooked(server: PaymentServer) -> None:
    created = await server.create()
    assert created.status_code == 201, created.text
    payment = created.json()
    assert payment["status"] == "awaitingPayment"
    assert payment["amount"] == {"value": "150000.00", "currency": "IDR"}
    briva = payment["briva"]
    assert briva["partnerServiceId"] + briva["customerNo"] == briva["virtualAccountNo"]

    paid = await server.pay(briva["virtualAccountNo"])
    await server.run("processInbox")
    after = await server.get(payment["id"])
    assert after["status"] == "paid", (paid.text, await server.rows("SELECT * FROM inbox_event"))
    assert after["received"] == {"value": "150000.00", "currency": "IDR"}
    assert after["paidAt"]

    balance = (await server.client.get("/api/payment/balance", headers=server.headers())).json()
    assert balance["items"] == [{"account": "merchant.payable", "balance": {"value": "150000.00", "currency": "IDR"}}]
    entries = (await server.client.get("/api/payment/ledger/entries", headers=server.headers())).json()["items"]
    assert [entry["amount"]["value"] for entry in entries] == ["-150000.00"]
    assert await server.violations() == {}


async def testCheckoutShowsThePayerWhatToTypeAndNothingElse(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    token = payment["checkoutUrl"].rsplit("/", 1)[1]
    checkout = (await server.client.get(f"/api/payment/checkouts/{token}")).json()
    assert set(checkout) == {
        "reference", "status", "amount", "received", "description", "expiresAt", "paidAt", "method", "briva",
    }  # fmt: skip
    assert checkout["briva"] == payment["briva"]
    unknown = await server.client.get(f"/api/payment/checkouts/{'x' * 43}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "payment.checkoutNotFound")


async def testOpenStreamTurnsToPaid(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    token = payment["checkoutUrl"].rsplit("/", 1)[1]
    async with server.client.stream("GET", f"/api/payment/checkouts/{token}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        first = await asyncio.wait_for(_nextData(lines), 5)
        assert '"status":"awaitingPayment"' in first
        await server.pay(payment["briva"]["virtualAccountNo"])
        await server.run("processInbox", "relay")
        second = await asyncio.wait_for(_nextData(lines), 5)
        assert '"status":"paid"' in second
        assert payment["id"] not in second


async def testOpenStreamEndsWithTheCredentialThatOpenedIt(server: PaymentServer) -> None:
    owner = generateId()
    payment = (await server.create(userId=owner)).json()
    path = f"/api/payment/payments/{payment['id']}/events"
    async with server.client.stream("GET", path, headers=server.headers(owner)) as stream:
        lines = stream.aiter_lines()
        assert '"status":"awaitingPayment"' in await asyncio.wait_for(_nextData(lines), 5)
        revokedIdentities.add(owner)
        await server.pay(payment["briva"]["virtualAccountNo"])
        await server.run("processInbox", "relay")
        with pytest.raises(AssertionError, match="the stream ended"):
            await asyncio.wait_for(_nextData(lines), 5)


async def _nextData(lines: AsyncIterator[str]) -> str:
    async for line in lines:
        if line.startswith("data:"):
            return line
    raise AssertionError("the stream ended")


async def testSameNotificationTwentyTimesAtOnceIsOneReceiptAndOneJournal(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    digits = payment["briva"]["virtualAccountNo"]
    await server.pay(digits, times=1)
    exchanges = (await server.bank.get("/simulator/exchanges", params={"operation": "notify"})).json()["items"]
    notified = exchanges[0]
    kept = {
        "content-type",
        "authorization",
        "x-timestamp",
        "x-signature",
        "x-partner-id",
        "channel-id",
        "x-external-id",
    }
    headers = {name: value for name, value in notified["requestHeaders"].items() if name.lower() in kept}

    async def repeat() -> int:
        response = await server.client.post(
            httpx.URL(notified["url"]).path, content=notified["requestBody"].encode(), headers=headers
        )
        await server.run("processInbox")
        return response.status_code

    statuses = await asyncio.gather(*(repeat() for _ in range(20)))
    assert set(statuses) == {200}
    receipts = await server.rows("SELECT id FROM receipt WHERE virtual_account_no = :digits", digits=digits)
    assert len(receipts) == 1
    journals = await server.rows("SELECT id FROM journal WHERE source_id = :id", id=receipts[0]["id"])
    assert len(journals) == 1
    assert (await server.get(payment["id"]))["received"] == {"value": "150000.00", "currency": "IDR"}
    assert await server.violations() == {}


async def testLostNotificationIsFoundByTheCheckOfTheAccount(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    await server.fault("notify", "lost")
    await server.pay(payment["briva"]["virtualAccountNo"])
    await server.run("processInbox")
    assert (await server.get(payment["id"]))["status"] == "awaitingPayment"
    await server.makeDue()
    await server.run("checkAttempts")
    assert (await server.get(payment["id"]))["status"] == "paid"
    assert await server.violations() == {}


async def testLostNotificationIsFoundByTheReportHoweverSeldomTheAccountIsChecked(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    await server.fault("notify", "lost")
    await server.pay(payment["briva"]["virtualAccountNo"])
    await server.resources.redis.delete("kpayment:lease:paymentReport")
    await server.run("sweepReport")
    assert (await server.get(payment["id"]))["status"] == "paid"
    assert await server.violations() == {}


async def testAccountOpensSoonAfterTheBankAnsweredTooLate(server: PaymentServer) -> None:
    for fault in ("dropBeforeProcessing", "dropAfterProcessing", "emptyBody", "htmlBody", "unlistedCode"):
        await server.fault("createVa", fault)
        created = await server.create()
        assert created.status_code == 201, created.text
        payment = created.json()
        assert payment["status"] == "unknown", fault
        assert payment["briva"] is None
        await server.makeDue()
        await server.run("checkAttempts")
        after = await server.get(payment["id"])
        assert after["status"] == "awaitingPayment", fault
        assert after["briva"]
    ledger = (await server.bank.get("/simulator/virtual-accounts", params={"limit": 200})).json()["items"]
    assert len({item["digits"] for item in ledger}) == len(ledger)
    assert await server.violations() == {}


async def testExpiredTokenIsRenewedWithinTheCall(server: PaymentServer) -> None:
    await server.fault("createVa", "tokenInvalid")
    created = (await server.create()).json()
    assert created["status"] == "awaitingPayment"


async def testNotificationWithAWrongAmountIsHeldAgainstTheReport(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    await server.fault("notify", "amountMismatch")
    await server.pay(payment["briva"]["virtualAccountNo"])
    await server.run("processInbox")
    after = await server.get(payment["id"])
    assert (after["status"], after["received"]) == ("paid", {"value": "150000.00", "currency": "IDR"})
    rows = await server.rows("SELECT kind, state FROM payment_exception WHERE payment_id = :id", id=UUID(payment["id"]))
    assert [(row["kind"], row["state"]) for row in rows] == [("evidenceDiffers", "open")]
    assert await server.violations() == {}


async def testTheAuditKeepsNoAddressOfAMerchantInPlainText(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    rows = await server.rows(
        "SELECT e.client_address AS kept FROM payment p, audit_events_of(p.owner_id, :first, 500) e"
        " WHERE p.id = :id AND e.target_id = p.id::text",
        first=UUID(int=0),
        id=UUID(payment["id"]),
    )
    assert rows
    assert all(str(row["kept"]).startswith("pseudonym.") for row in rows), "the merchants of these tests have no key"


async def book(server: PaymentServer, digits: str, minor: int, **more: object) -> TakenReceipt:
    """A movement told by a statement."""
    fields: dict[str, object] = {
        "bankAccount": "bri:22084",
        "bankReference": str(generateId()),
        "virtualAccountNo": digits,
        "amount": Money(minorUnits=minor, currency="IDR"),
        "source": ReceiptSource.STATEMENT,
        "originId": generateId(),
        **more,
    }
    async with PaymentWork(server.resources.database) as work:
        report = MoneyReport.model_validate(fields)
        taken = await bookReceipt(work, report, ReceiptPolicy(), server.resources.clock.now())
        await work.commit()
    return taken


@pytest.mark.parametrize(("minor", "kind"), [(149_999_00, "amountDiffers"), (150_001_00, "amountDiffers")])
async def testWrongAmountIsKeptAsideForAPerson(server: PaymentServer, minor: int, kind: str) -> None:
    payment = (await server.create()).json()
    taken = await book(server, payment["briva"]["virtualAccountNo"], minor)
    assert (await server.get(payment["id"]))["status"] == "awaitingPayment"
    rows = await server.rows("SELECT kind FROM payment_exception WHERE receipt_id = :id", id=taken.receiptId)
    assert [row["kind"] for row in rows] == [kind]
    flagged = await server.rows("SELECT needs_review FROM payment WHERE id = :id", id=UUID(payment["id"]))
    assert flagged[0]["needs_review"] is True
    assert await server.violations() == {}


async def testMoneyForAnUnknownAccountIsUnappliedFunds(server: PaymentServer) -> None:
    taken = await book(server, "220849999999999999", 500_00)
    rows = await server.rows("SELECT kind FROM payment_exception WHERE receipt_id = :id", id=taken.receiptId)
    assert [row["kind"] for row in rows] == ["unknownAccount"]
    journal = await server.rows(
        "SELECT a.code, e.amount_minor FROM entry e JOIN ledger_account a ON a.id = e.account_id"
        " JOIN journal j ON j.id = e.journal_id WHERE j.source_id = :id ORDER BY e.ordinal",
        id=taken.receiptId,
    )
    assert [(row["code"], row["amount_minor"]) for row in journal] == [
        ("clearing.briva", 500_00),
        ("unapplied.funds", -500_00),
    ]
    assert await server.violations() == {}


async def testSecondPaymentOfAPaidAccountIsUnappliedFunds(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    digits = payment["briva"]["virtualAccountNo"]
    await book(server, digits, 150_000_00)
    second = await book(server, digits, 150_000_00)
    assert (await server.get(payment["id"]))["received"] == {"value": "150000.00", "currency": "IDR"}
    rows = await server.rows("SELECT kind FROM payment_exception WHERE receipt_id = :id", id=second.receiptId)
    assert [row["kind"] for row in rows] == ["paidTwice"]
    assert await server.violations() == {}


async def testTwentyTellersOfOneMovementMakeOneReceipt(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    digits, reference = payment["briva"]["virtualAccountNo"], str(generateId())
    taken = await asyncio.gather(*(book(server, digits, 150_000_00, bankReference=reference) for _ in range(20)))
    assert sum(one.isNew for one in taken) == 1
    assert len({one.receiptId for one in taken}) == 1
    assert await server.violations() == {}


async def testUnnamedMoneyIsBookedOnceAndTakesTheBanksNameLater(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    digits, reference = payment["briva"]["virtualAccountNo"], str(generateId())
    first = await book(
        server, digits, 150_000_00, bankReference=f"status:{reference}", referenceKind=ReferenceKind.DERIVED
    )
    second = await book(server, digits, 150_000_00, bankReference=reference)
    third = await book(
        server, digits, 150_000_00, bankReference=f"status:{reference}", referenceKind=ReferenceKind.DERIVED
    )
    assert (first.isNew, second.isNew, third.isNew) == (True, False, False)
    assert first.receiptId == second.receiptId == third.receiptId
    rows = await server.rows("SELECT bank_reference, reference_kind FROM receipt WHERE id = :id", id=first.receiptId)
    assert dict(rows[0]) == {"bank_reference": reference, "reference_kind": "bank"}
    assert await server.violations() == {}


async def testConfirmingTakesThreeStatementsAndTheCommit(server: PaymentServer) -> None:
    """Mark the notification, take the receipt, settle it: what is locked by all is held for one round trip."""
    for _ in range(2):
        await server.pay((await server.create()).json()["briva"]["virtualAccountNo"])
    said: list[str] = []
    engine = server.resources.database.engine.sync_engine

    def listen(*arguments: object) -> None:
        said.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", listen)
    try:
        await server.run("processInbox")
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    assert sum("settle_receipt" in statement for statement in said) == 2
    claims = [statement for statement in said if "SKIP LOCKED" in statement or "next_try_at=" in statement]
    assert len(said) - len(claims) == 2 * 3
