"""From order to money in the books, through the server's port and the bank's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from KSysPayment.backend.tests.support.paymentServer import PaymentServer
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


async def _nextData(lines: AsyncIterator[str]) -> str:
    async for line in lines:
        if line.startswith("data:"):
            return line
    raise AssertionError("the stream ended")


async def testSameNotificationTwentyTimesAtOnceIsOneReceiptAndOneJournal(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    digits = payment["briva"]["virtualAccountNo"]
    await server.pay(digits, times=1)
    exchanges = (await server.bank.get("/simulator/exchanges", params={"limit": 20})).json()["items"]
    notified = next(item for item in exchanges if "notify" in item["url" if "url" in item else "path"])
    headers = {
        name: value
        for name, value in notified["requestHeaders" if "requestHeaders" in notified else "headers"].items()
        if name.lower() not in {"host", "content-length", "connection", "accept", "accept-encoding", "user-agent"}
    }
    body = notified["requestBody" if "requestBody" in notified else "body"]
    path = "/api/payment/bri/snap/v1.0/transfer-va/notify-payment-intrabank"

    async def repeat() -> int:
        response = await server.client.post(path, content=body.encode(), headers=headers)
        await server.run("processInbox")
        return response.status_code

    statuses = await asyncio.gather(*(repeat() for _ in range(20)))
    assert set(statuses) == {200}
    receipts = await server.rows(f"SELECT id FROM receipt WHERE virtual_account_no = '{digits}'")
    assert len(receipts) == 1
    journals = await server.rows(f"SELECT id FROM journal WHERE source_id = '{receipts[0]['id']}'")
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


async def testWrongAmountIsKeptAsideForAPerson(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    await server.fault("notify", "amountMismatch")
    await server.pay(payment["briva"]["virtualAccountNo"])
    await server.run("processInbox")
    after = await server.get(payment["id"])
    assert after["status"] == "awaitingPayment"
    rows = await server.rows(f"SELECT kind, state FROM payment_exception WHERE payment_id = '{payment['id']}'")
    assert [(row["kind"], row["state"]) for row in rows] == [("amountDiffers", "open")]
    assert await server.violations() == {}


async def testMoneyForAnUnknownAccountIsUnappliedFunds(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    digits = payment["briva"]["virtualAccountNo"]
    await server.pay(digits)
    async with server.resources.database.openSession() as session:
        await (await session.connection()).exec_driver_sql(
            "UPDATE inbox_event SET state = 'processed' WHERE state = 'received'"
        )
        await session.commit()
    other = str(generateId())
    await server.rows("SELECT 1")
    from KSysPayment.backend.domain.interfaces.repositoryInterfaces import MoneyReport
    from KSysPayment.backend.domain.models.money import Money
    from KSysPayment.backend.domain.models.receipt import ReceiptSource
    from KSysPayment.backend.domain.policies.receiptBookingPolicy import bookReceipt
    from KSysPayment.backend.domain.policies.receiptPolicy import ReceiptPolicy
    from KSysPayment.backend.infrastructure.database.paymentWork import PaymentWork

    async with PaymentWork(server.resources.database) as work:
        taken = await bookReceipt(
            work,
            MoneyReport(
                bankAccount="bri:22084",
                bankReference=other,
                virtualAccountNo="220849999999999999",
                amount=Money(minorUnits=500_00, currency="IDR"),
                source=ReceiptSource.STATEMENT,
                originId=generateId(),
            ),
            ReceiptPolicy(),
            server.resources.clock.now(),
        )
        await work.commit()
    rows = await server.rows(f"SELECT kind FROM payment_exception WHERE receipt_id = '{taken.receiptId}'")
    assert [row["kind"] for row in rows] == ["unknownAccount"]
    await server.makeDue()
    await server.run("checkAttempts")
    assert (await server.get(payment["id"]))["status"] == "paid"
    assert await server.violations() == {}
