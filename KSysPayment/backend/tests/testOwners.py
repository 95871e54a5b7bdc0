"""Nobody sees or moves what belongs to another merchant, whatever id, filter, cursor or link they hold."""

from __future__ import annotations

import pytest

from KSysPayment.backend.tests.support.paymentServer import PaymentServer
from shared.backend.utils.uuid import generateId

Item = dict[str, object]


@pytest.fixture(name="rich", scope="module")
async def payThree(server: PaymentServer) -> list[Item]:
    """Three payments with money in the books."""
    payments = [(await server.create()).json() for _ in range(3)]
    for payment in payments:
        await server.pay(payment["briva"]["virtualAccountNo"])
    await server.run("processInbox", "relay")
    return payments


@pytest.mark.parametrize("path", ["", "/events", "/cancel"])
async def testAnothersPaymentIsNotThere(server: PaymentServer, rich: list[Item], path: str) -> None:
    method = "POST" if path == "/cancel" else "GET"
    url = f"/api/payment/payments/{rich[0]['id']}{path}"
    response = await server.client.request(method, url, headers=server.headers(generateId()))
    assert (response.status_code, response.json()["code"]) == (404, "payment.notFound")


@pytest.mark.parametrize("path", ["/payments", "/ledger/entries", "/events"])
async def testAnothersCursorShowsNothingOfTheirs(server: PaymentServer, rich: list[Item], path: str) -> None:
    first = await server.client.get(f"/api/payment{path}", params={"limit": "1"}, headers=server.headers())
    cursor = first.json()["nextCursor"]
    assert cursor
    name = "after" if path == "/events" else "cursor"
    stranger = server.headers(generateId())
    for params in ({name: cursor}, {}):
        response = await server.client.get(f"/api/payment{path}", params=params, headers=stranger)
        assert (response.status_code, response.json()["items"]) == (200, [])


async def testFiltersAndBalanceShowOnesOwnOnly(server: PaymentServer, rich: list[Item]) -> None:
    stranger = server.headers(generateId())
    for params in ({"reference": str(rich[0]["reference"])}, {"status": "paid"}, {"method": "briva"}):
        response = await server.client.get("/api/payment/payments", params=params, headers=stranger)
        assert response.json()["items"] == []
    assert (await server.client.get("/api/payment/balance", headers=stranger)).json()["items"] == []


async def testACheckoutLinkOpensItsOwnPaymentAndSaysNothingOfTheMerchant(
    server: PaymentServer, rich: list[Item]
) -> None:
    tokens = [str(payment["checkoutUrl"]).rsplit("/", 1)[1] for payment in rich]
    assert len(set(tokens)) == 3
    assert min(len(token) for token in tokens) >= 43
    shown = (await server.client.get(f"/api/payment/checkouts/{tokens[0]}")).text
    for secret in (str(server.userId), str(rich[0]["id"]), "metadata", "ownerId"):
        assert secret not in shown
    for guess in (tokens[0][:-1], tokens[0].swapcase(), tokens[0][::-1], "%25", "_" * 43, str(rich[0]["id"])):
        assert (await server.client.get(f"/api/payment/checkouts/{guess}")).status_code in {404, 422}


async def testACheckoutLinkIsNoCredential(server: PaymentServer, rich: list[Item]) -> None:
    token = str(rich[0]["checkoutUrl"]).rsplit("/", 1)[1]
    response = await server.client.get("/api/payment/payments", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401
