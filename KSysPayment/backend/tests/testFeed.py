"""The feed misses nothing, whatever is written while it is read; lists page without gaps or repeats."""

from __future__ import annotations

import asyncio

from KSysPayment.backend.tests.support.paymentServer import PaymentServer
from shared.backend.utils.uuid import generateId

Event = dict[str, object]


async def follow(server: PaymentServer, after: str | None, limit: int = 7) -> tuple[list[Event], str | None]:
    params = {"limit": str(limit), **({"after": after} if after else {})}
    response = await server.client.get("/api/payment/events", params=params, headers=server.headers())
    assert response.status_code == 200, response.text
    body = response.json()
    return body["items"], body["nextCursor"]


async def testReaderBesideManyWritersSeesEveryEventOnceAndInOrder(server: PaymentServer) -> None:
    seen: list[Event] = []
    cursor: str | None = None
    writing = [asyncio.create_task(server.create()) for _ in range(25)]
    while not all(task.done() for task in writing):
        items, cursor = await follow(server, cursor)
        seen += items
    while (batch := await follow(server, cursor))[0]:
        seen += batch[0]
        cursor = batch[1]
    assert all(task.result().status_code == 201 for task in writing)
    ids = [event["id"] for event in seen]
    assert len(ids) == len(set(ids))
    expected = await server.rows("SELECT id FROM payment_event WHERE owner_id = :owner", owner=server.userId)
    assert set(ids) == {str(row["id"]) for row in expected}
    assert len(ids) == 50
    last: dict[object, int] = {}
    for event in seen:
        sequence = event["sequence"]
        assert isinstance(sequence, int)
        assert sequence == last.get(event["paymentId"], 0) + 1
        last[event["paymentId"]] = sequence
    assert {event["type"] for event in seen} == {"payment.created", "payment.awaitingPayment"}


async def testReaderAtTheEndKeepsItsPlace(server: PaymentServer) -> None:
    cursor: str | None = None
    while (batch := await follow(server, cursor, 200))[0]:
        cursor = batch[1]
    assert (await follow(server, cursor))[1] == cursor
    await server.create()
    items, _ = await follow(server, cursor)
    assert [item["type"] for item in items] == ["payment.created", "payment.awaitingPayment"]


async def testCursorOfSomethingElseIsRefused(server: PaymentServer) -> None:
    for cursor in ("x", "WyJhIl0", "WyItMSJd", "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ"):
        response = await server.client.get("/api/payment/events", params={"after": cursor}, headers=server.headers())
        assert (response.status_code, response.json()["code"]) == (422, "paging.invalidCursor")


async def testListPagesWithoutGapsOrRepeats(server: PaymentServer) -> None:
    userId = generateId()
    made = [(await server.create(userId=userId)).json()["id"] for _ in range(7)]
    seen: list[str] = []
    params: dict[str, str] = {"limit": "3"}
    while True:
        response = await server.client.get("/api/payment/payments", params=params, headers=server.headers(userId))
        body = response.json()
        seen += [item["id"] for item in body["items"]]
        if body["nextCursor"] is None:
            break
        params["cursor"] = body["nextCursor"]
        await server.create(userId=userId)
    assert seen == list(reversed(made))


async def testListIsFiltered(server: PaymentServer) -> None:
    userId = generateId()
    payment = (await server.create(userId=userId)).json()
    for params, count in (
        ({"status": "awaitingPayment"}, 1),
        ({"status": "paid"}, 0),
        ({"reference": payment["reference"]}, 1),
        ({"reference": "other"}, 0),
        ({"method": "qris"}, 0),
        ({"createdFrom": payment["createdAt"]}, 1),
        ({"createdTo": payment["createdAt"]}, 0),
    ):
        response = await server.client.get("/api/payment/payments", params=params, headers=server.headers(userId))
        assert response.status_code == 200, response.text
        assert len(response.json()["items"]) == count, params
