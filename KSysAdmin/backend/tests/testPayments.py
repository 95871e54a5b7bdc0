from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.tests.conftest import Person, SqlConnection
from shared.backend.utils.uuid import generateId

ACCOUNT = "22084"


async def addPayment(sql: SqlConnection, reference: str, amountMinor: int = 15_000_000) -> UUID:
    paymentId, attemptId = generateId(), generateId()
    await sql.execute(
        "INSERT INTO payment (id, owner_id, reference, status, needs_review, method, currency, amount_minor,"
        " received_minor, refund_reserved_minor, refunded_minor, merchant_metadata, checkout_token, created_at,"
        " updated_at, expires_at, version)"
        " VALUES ($1, $2, $3, 'unknown', false, 'briva', 'IDR', $4, 0, 0, 0, '{}', $5, now(), now(),"
        " now() + interval '1 day', 1)",
        paymentId,
        generateId(),
        reference,
        amountMinor,
        generateId().hex,
    )
    await sql.execute(
        "INSERT INTO payment_attempt (id, payment_id, bank_account, method, state, partner_reference, external_day,"
        " external_id, partner_service_id, customer_no, virtual_account_no, account_name, currency, amount_minor,"
        " expires_at, created_at, deadline_at, check_count)"
        " VALUES ($1, $2, $3, 'briva', 'created', $4, current_date, $5, '   22084', '1', $6, 'Ayu', 'IDR', $7,"
        " now() + interval '1 day', now(), now() + interval '1 hour', 0)",
        attemptId,
        paymentId,
        ACCOUNT,
        reference,
        generateId().hex[:36],
        f"{ACCOUNT}{reference}",
        amountMinor,
    )
    await sql.execute(
        "INSERT INTO bank_call (id, bank_account, attempt_id, operation, http_method, path, external_day, external_id,"
        " request_headers, request_body, response_status, response_code, outcome, started_at, latency_ms)"
        " VALUES ($1, $2, $3, 'createVa', 'POST', '/snap/v1.0/transfer-va/create-va', current_date, $4, '{}', '{}',"
        " 200, '2002700', 'ok', now(), 42)",
        generateId(),
        ACCOUNT,
        attemptId,
        generateId().hex[:36],
    )
    await sql.execute("UPDATE payment_attempt SET state = 'sent' WHERE id = $1", attemptId)
    await sql.execute("UPDATE payment_attempt SET state = 'accepted' WHERE id = $1", attemptId)
    await sql.execute("UPDATE payment SET status = 'awaitingPayment', updated_at = now() WHERE id = $1", paymentId)
    return paymentId


async def receive(sql: SqlConnection, reference: str, amountMinor: int = 15_000_000) -> None:
    receiptId = generateId()
    await sql.fetchrow(
        "SELECT * FROM take_receipt($1, $2, $3, 'bank', $4, 'IDR', $5, now(), 'notification', $6, now())",
        receiptId,
        ACCOUNT,
        f"bank-{reference}",
        f"{ACCOUNT}{reference}",
        amountMinor,
        generateId(),
    )
    await sql.fetchval("SELECT settle_receipt($1, 'applied', NULL, NULL, 0, now())", receiptId)


async def testATimelineTellsTheWholeStoryInOrder(boss: Person) -> None:
    paymentId = await addPayment(boss.sql, "order-1")
    await receive(boss.sql, "order-1")

    answer = await boss.get(f"/payments/{paymentId}/timeline")

    assert answer.status_code == 200, answer.text
    timeline = answer.json()
    assert timeline["payment"]["status"] == "paid"
    assert timeline["payment"]["received"] == {"value": "150000.00", "currency": "IDR"}
    kinds = [item["kind"] for item in timeline["items"]]
    assert set(kinds) == {"event", "bankCall", "receipt", "journal"}
    assert [item["at"] for item in timeline["items"]] == sorted(item["at"] for item in timeline["items"])
    journal = next(item for item in timeline["items"] if item["kind"] == "journal")
    assert sum(int(entry["amountMinor"]) for entry in journal["facts"]["entries"]) == 0
    call = next(item for item in timeline["items"] if item["kind"] == "bankCall")
    assert (call["title"], call["facts"]["outcome"], call["facts"]["latencyMs"]) == ("createVa", "ok", 42)
    assert "requestBody" not in call["facts"]


async def testPaymentsOfEveryoneAreFilteredAndPaged(boss: Person) -> None:
    wanted = [str(await addPayment(boss.sql, f"list-{number}")) for number in range(3)]
    await receive(boss.sql, "list-1")
    first = (await boss.get("/payments", status="awaitingPayment", limit="1")).json()
    assert first["items"][0]["id"] == wanted[2]
    second = (await boss.get("/payments", status="awaitingPayment", limit="1", cursor=first["nextCursor"])).json()
    assert second["items"][0]["id"] == wanted[0]
    byReference = (await boss.get("/payments", reference="list-1")).json()["items"]
    assert [(payment["id"], payment["status"]) for payment in byReference] == [(wanted[1], "paid")]
    byOwner = (await boss.get("/payments", ownerId=byReference[0]["ownerId"], method="briva")).json()["items"]
    assert [payment["id"] for payment in byOwner] == [wanted[1]]
    assert (await boss.get("/payments", createdTo="2020-01-01T00:00:00Z")).json()["items"] == []
    assert (await boss.get("/payments", createdTo="2020-01-01T00:00:00")).status_code == 422


async def testAnUnknownPaymentIsNotFound(boss: Person) -> None:
    answer = await boss.get(f"/payments/{generateId()}/timeline")
    assert answer.status_code == 404
    assert answer.json()["code"] == "payment.notFound"


async def testTheOverviewCountsMoneyByDay(boss: Person) -> None:
    await addPayment(boss.sql, "counted")
    await receive(boss.sql, "counted")
    overview = (await boss.get("/stats/overview")).json()
    assert overview["payments"]["byStatus"]["paid"] >= 1
    day = overview["payments"]["receivedByDay"][-1]
    assert day["receipts"] >= 1
    assert day["received"]["currency"] == "IDR"
