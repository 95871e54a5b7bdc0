"""One key, one effect, one answer; whatever is repeated, raced, changed or lost."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from KSysPayment.backend.tests.support.paymentServer import PaymentServer
from shared.backend.http.credentials import csrfTokenFor
from shared.backend.utils.uuid import generateId


def anOrder(reference: str, value: str = "150000.00") -> dict[str, object]:
    return {"reference": reference, "amount": {"value": value, "currency": "IDR"}, "method": "briva"}


async def testTenCallsAtOnceWithOneKeyMakeOnePayment(server: PaymentServer) -> None:
    key, reference = str(generateId()), f"RACE-{generateId()}"
    responses = await asyncio.gather(*(server.create(key=key, reference=reference) for _ in range(10)))
    made = [response for response in responses if response.status_code == 201]
    waiting = [response for response in responses if response.status_code == 409]
    assert made
    assert len(made) + len(waiting) == 10
    assert {response.json()["id"] for response in made} == {made[0].json()["id"]}
    assert all(response.json()["code"] == "idempotency.inProgress" for response in waiting)
    assert all(int(response.headers["Retry-After"]) > 0 for response in waiting)
    rows = await server.rows("SELECT id FROM payment WHERE reference = :reference", reference=reference)
    assert len(rows) == 1
    assert await server.violations() == {}


async def testFinishedKeyGivesItsAnswerAgain(server: PaymentServer) -> None:
    key, reference = str(generateId()), f"AGAIN-{generateId()}"
    first = await server.create(key=key, reference=reference)
    second = await server.create(key=key, reference=reference)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"


async def testKeyForAnotherBodyIsRefused(server: PaymentServer) -> None:
    key = str(generateId())
    await server.create(key=key, reference=f"A-{key}")
    other = await server.create(key=key, reference=f"B-{key}")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.keyReused")


async def testSameKeyOfAnotherOwnerIsAnotherKey(server: PaymentServer) -> None:
    key, reference = str(generateId()), f"OWNERS-{generateId()}"
    mine = await server.create(key=key, reference=reference)
    theirs = await server.create(key=key, reference=reference, userId=generateId())
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]


@pytest.mark.parametrize("key", [None, "", "x" * 256, "caf\u00e9"])
async def testCallWithoutAUsableKeyIsRefused(server: PaymentServer, key: str | None) -> None:
    headers = {**server.headers(), **({} if key is None else {"Idempotency-Key": key})}
    response = await server.client.post(
        "/api/payment/payments",
        json=anOrder("NOKEY"),
        headers={name.encode(): value.encode("latin-1") for name, value in headers.items()},
    )
    assert (response.status_code, response.json()["code"]) == (400, "idempotency.keyRequired")


async def testUsedReferenceIsRefusedAndTheRefusalIsTheAnswerOfItsKey(server: PaymentServer) -> None:
    reference, key = f"ONCE-{generateId()}", str(generateId())
    await server.create(reference=reference)
    first = await server.create(reference=reference, key=key)
    second = await server.create(reference=reference, key=key)
    assert (first.status_code, first.json()["code"]) == (409, "payment.referenceExists")
    assert (second.status_code, second.json()["code"]) == (409, "payment.referenceExists")
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["content-type"] == "application/problem+json"


async def testReferenceRacedWithTwoKeysMakesOnePayment(server: PaymentServer) -> None:
    reference = f"RACED-{generateId()}"
    responses = await asyncio.gather(*(server.create(reference=reference) for _ in range(6)))
    assert sorted(response.status_code for response in responses) == [201, 409, 409, 409, 409, 409]


async def testCallLostAfterTheBankWasAskedIsGoneOnWith(server: PaymentServer) -> None:
    """As a process killed between the two transactions leaves it: attempt `sent`, key unfinished, lock run out."""
    key, reference = str(generateId()), f"LOST-{generateId()}"
    await server.fault("createVa", "dropAfterProcessing")
    first = (await server.create(key=key, reference=reference)).json()
    await server.change(
        "UPDATE idempotency_key SET recovery_point = 'sent', response_status = NULL, response_body = NULL,"
        " finished_at = NULL, locked_until = now() - interval '1 second' WHERE key = :key",
        key=key,
    )
    again = await server.create(key=key, reference=reference)
    assert again.status_code == 201
    assert again.json()["id"] == first["id"]
    assert again.json()["status"] == "awaitingPayment"
    accounts = await server.rows("SELECT id FROM payment_attempt WHERE payment_id = :id", id=UUID(first["id"]))
    assert len(accounts) == 1
    assert await server.violations() == {}


async def testKeyWhoseFirstCallMayStillRunAsksForPatience(server: PaymentServer) -> None:
    key, reference = str(generateId()), f"RUNNING-{generateId()}"
    await server.create(key=key, reference=reference)
    await server.change(
        "UPDATE idempotency_key SET recovery_point = 'sent', response_status = NULL, response_body = NULL,"
        " finished_at = NULL WHERE key = :key",
        key=key,
    )
    response = await server.create(key=key, reference=reference)
    assert (response.status_code, response.json()["code"]) == (409, "idempotency.inProgress")
    assert int(response.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"method": "qris"}, "payment.methodUnavailable"),
        ({"amount": {"value": "0.00", "currency": "IDR"}}, "payment.amountInvalid"),
        ({"amount": {"value": "100.50", "currency": "IDR"}}, "payment.amountInvalid"),
        ({"amount": {"value": "100.00", "currency": "USD"}}, "payment.amountInvalid"),
        ({"amount": {"value": "-1.00", "currency": "IDR"}}, "request.invalid"),
        ({"amount": {"value": 100, "currency": "IDR"}}, "request.invalid"),
        ({"amount": {"value": "1e3", "currency": "IDR"}}, "request.invalid"),
        ({"unknown": True}, "request.invalid"),
        ({"description": "a\u0000b"}, "request.invalid"),
        ({"metadata": {"a": "\u0000"}}, "request.invalid"),
        ({"metadata": {"a": {"nested": "x"}}}, "request.invalid"),
        ({"expiresInSeconds": 1}, "request.invalid"),
        ({"reference": "a b\n"}, "request.invalid"),
    ],
)
async def testRequestThatIsWrongHasNoEffect(server: PaymentServer, changes: dict[str, object], code: str) -> None:
    userId = generateId()
    response = await server.create(userId=userId, changes=changes)
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert await server.rows("SELECT id FROM payment WHERE owner_id = :owner", owner=userId) == []
    assert await server.rows("SELECT key FROM idempotency_key WHERE owner_id = :owner", owner=userId) == []


async def testWithoutACredentialNothingIsSaid(server: PaymentServer) -> None:
    response = await server.client.get("/api/payment/payments")
    assert (response.status_code, response.json()["code"]) == (401, "auth.unauthenticated")


async def testAnotherOwnersPaymentIsNotFound(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    for method, path in (("GET", ""), ("POST", "/cancel"), ("GET", "/events")):
        response = await server.client.request(
            method, f"/api/payment/payments/{payment['id']}{path}", headers=server.headers(generateId())
        )
        assert (response.status_code, response.json()["code"]) == (404, "payment.notFound")


async def testCookieAloneChangesNothing(server: PaymentServer) -> None:
    userId = generateId()
    headers = {"Cookie": f"kSession={userId}", "Idempotency-Key": str(generateId())}
    refused = await server.client.post("/api/payment/payments", json=anOrder(f"C-{userId}"), headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.csrfRequired")
    proved = {**headers, "X-CSRF-Token": csrfTokenFor(str(userId))}
    accepted = await server.client.post("/api/payment/payments", json=anOrder(f"C-{userId}"), headers=proved)
    assert accepted.status_code == 201
    listed = await server.client.get("/api/payment/payments", headers={"Cookie": headers["Cookie"]})
    assert len(listed.json()["items"]) == 1


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", "2026-01-01T00:00:00", "x"])
async def testTimesNoCalendarHoldsAreRefused(server: PaymentServer, at: str) -> None:
    response = await server.client.get(
        "/api/payment/payments", params={"createdFrom": at}, headers=server.headers(generateId())
    )
    assert response.status_code == 422, response.text
