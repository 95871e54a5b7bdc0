"""How a payment that nobody paid ends, and what becomes of money that comes all the same."""

from __future__ import annotations

from uuid import UUID

from KSysPayment.backend.tests.support.paymentServer import ChangeAsOwner, PaymentServer
from KSysPayment.backend.tests.testPaymentStory import book


async def expire(server: PaymentServer, changeAsOwner: ChangeAsOwner, paymentId: str) -> None:
    """Let the payment's time be over on our side."""
    late = "SET expires_at = now() - interval '2 minutes'"
    await changeAsOwner(f"UPDATE payment {late} WHERE id = $1", UUID(paymentId))
    await changeAsOwner(f"UPDATE payment_attempt {late} WHERE payment_id = $1", UUID(paymentId))
    await server.makeDue()


async def cancel(server: PaymentServer, paymentId: str) -> tuple[int, dict[str, object]]:
    response = await server.client.post(f"/api/payment/payments/{paymentId}/cancel", headers=server.headers())
    body: dict[str, object] = response.json()
    return response.status_code, body


async def testCancelledPaymentCanNoLongerBePaid(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    status, body = await cancel(server, payment["id"])
    assert (status, body["status"]) == (200, "cancelled")
    digits = payment["briva"]["virtualAccountNo"]
    refused = await server.bank.post(f"/simulator/virtual-accounts/{digits}/pay", json={"amount": "150000.00"})
    assert refused.status_code in {404, 409}
    assert (await cancel(server, payment["id"]))[1]["code"] == "payment.notCancellable"
    assert await server.violations() == {}


async def testPaymentTheBankHasMoneyForIsNotCancelled(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    await server.fault("notify", "lost")
    await server.pay(payment["briva"]["virtualAccountNo"])
    status, body = await cancel(server, payment["id"])
    assert (status, body["code"]) == (409, "payment.notCancellable")
    await server.run("checkAttempts")
    assert (await server.get(payment["id"]))["status"] == "paid"
    assert await server.violations() == {}


async def testCancelWithoutAClearAnswerChangesNothing(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    await server.fault("deleteVa", "dropAfterProcessing")
    status, body = await cancel(server, payment["id"])
    assert (status, body["code"]) == (503, "payment.bankUnavailable")
    assert (await server.get(payment["id"]))["status"] == "awaitingPayment"
    assert (await cancel(server, payment["id"]))[1]["status"] == "cancelled"


async def testUnpaidPaymentExpiresAfterTheBankWasAsked(server: PaymentServer, changeAsOwner: ChangeAsOwner) -> None:
    payment = (await server.create()).json()
    await expire(server, changeAsOwner, payment["id"])
    await server.run("checkAttempts")
    assert (await server.get(payment["id"]))["status"] == "expired"
    calls = await server.rows(
        "SELECT c.operation FROM bank_call c JOIN payment_attempt a ON a.id = c.attempt_id WHERE a.payment_id = :id"
        " ORDER BY c.started_at",
        id=UUID(payment["id"]),
    )
    assert [call["operation"] for call in calls] == ["createVa", "inquiryStatus", "deleteVa"]
    assert await server.violations() == {}


async def testPaymentPaidJustBeforeItsEndIsPaid(server: PaymentServer, changeAsOwner: ChangeAsOwner) -> None:
    payment = (await server.create()).json()
    await server.fault("notify", "lost")
    await server.pay(payment["briva"]["virtualAccountNo"])
    await expire(server, changeAsOwner, payment["id"])
    await server.run("checkAttempts")
    assert (await server.get(payment["id"]))["status"] == "paid"
    assert await server.violations() == {}


async def testLateMoneyIsUnappliedFundsAndNeverDropped(server: PaymentServer, changeAsOwner: ChangeAsOwner) -> None:
    payment = (await server.create()).json()
    await expire(server, changeAsOwner, payment["id"])
    await server.run("checkAttempts")
    taken = await book(server, payment["briva"]["virtualAccountNo"], 150_000_00)
    assert (await server.get(payment["id"]))["status"] == "expired"
    rows = await server.rows("SELECT kind, state FROM payment_exception WHERE receipt_id = :id", id=taken.receiptId)
    assert [(row["kind"], row["state"]) for row in rows] == [("lateMoney", "open")]
    assert await server.violations() == {}
