"""The main job, through the gateway's port: real mail, real signatures, real money rules."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import httpx
import pytest

from shared.backend.utils.uuid import generateId
from tests.support.asking import SOON_S, askUntil
from tests.support.books import Books
from tests.support.people import Administrator, Bank, Body, Customer
from tests.support.runningStack import RunningStack

pytestmark = pytest.mark.stack


async def owedTo(customer: Customer) -> Decimal:
    items = (await customer.get("/api/payment/balance")).json()["items"]
    return sum((Decimal(item["balance"]["value"]) for item in items), Decimal(0))


async def testAPersonPaysAndTheLedgerBooksIt(stack: RunningStack, customer: Customer, bank: Bank) -> None:
    owedBefore = await owedTo(customer)
    payment = await customer.createPayment("150000.00")
    assert payment["status"] == "awaitingPayment"
    await bank.pay(payment)
    await customer.awaitStatus(payment["id"], "paid", SOON_S)
    read = (await customer.get(f"/api/payment/payments/{payment['id']}")).json()
    assert read["received"] == {"value": "150000.00", "currency": "IDR"}
    assert read["paidAt"].endswith("Z")
    assert await owedTo(customer) == owedBefore + Decimal("150000.00")
    await Books(stack).ensureSound()


async def testTheCheckoutPageIsTold(stack: RunningStack, customer: Customer, bank: Bank) -> None:
    payment = await customer.createPayment()
    token = str(payment["checkoutUrl"]).rsplit("/", 1)[1]
    url = f"{stack.endpoints.gateway}/api/payment/checkouts/{token}/events"
    async with httpx.AsyncClient(timeout=20) as payer, payer.stream("GET", url) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        paying = asyncio.create_task(bank.pay(payment))
        async for line in stream.aiter_lines():
            if line.startswith("data:") and '"paid"' in line:
                break
        await paying


async def testAnAdministratorSeesUserAndPayment(customer: Customer, administrator: Administrator) -> None:
    payment = await customer.createPayment()
    users = await administrator.get("/api/admin/users", query=customer.email)
    assert [user["email"] for user in users.json()["items"]] == [customer.email]
    payments = await administrator.get("/api/admin/payments", limit=10)
    assert str(payment["id"]) in {item["id"] for item in payments.json()["items"]}
    timeline = await administrator.get(f"/api/admin/payments/{payment['id']}/timeline")
    assert timeline.status_code == 200, timeline.text


async def testAChangedLimitActs(stack: RunningStack, administrator: Administrator) -> None:
    policy: Body = {
        "name": f"test-{generateId()}",
        "method": "GET",
        "path": "/api/auth/.well-known/jwks.json",
        "match": "exact",
        "scope": "ip",
        "limit": 3,
        "windowSeconds": 60,
        "burst": 3,
        "mode": "enforce",
        "enabled": True,
    }
    made = await administrator.post("/api/admin/rate-limit-policies", policy)
    assert made.status_code == 201, made.text
    async with httpx.AsyncClient(base_url=stack.endpoints.gateway) as client:
        answers = await askUntil(client, "/api/auth/.well-known/jwks.json", lambda answer: answer.status_code == 429)
        limited = [
            each.status_code for each in answers if str(policy["name"]) in each.headers.get("RateLimit-Policy", "")
        ]
        assert limited == [200, 200, 200, 429]
        refused = answers[-1]
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "gateway.rateLimited"
        assert int(refused.headers["Retry-After"]) >= 1
        removed = await administrator.send("DELETE", f"/api/admin/rate-limit-policies/{made.json()['id']}")
        assert removed.status_code == 204, removed.text
        await askUntil(client, "/api/auth/.well-known/jwks.json", lambda answer: answer.status_code == 200)


async def testAChangedCorsOriginActsOnBothServers(stack: RunningStack, administrator: Administrator) -> None:
    origin = "https://shop.example.com"
    paths = ("/api/auth/csrf", "/api/admin/auth/csrf")
    async with httpx.AsyncClient(base_url=stack.endpoints.gateway, headers={"Origin": origin}) as shop:
        before = [await shop.get(path) for path in paths]
        assert all("Access-Control-Allow-Origin" not in answer.headers for answer in before)
        changed = await administrator.send("PUT", "/api/admin/settings/cors.allowedOrigins", {"value": [origin]})
        assert changed.status_code == 200, changed.text
        for path in paths:
            await askUntil(shop, path, lambda answer: answer.headers.get("Access-Control-Allow-Origin") == origin)
    await administrator.send("PUT", "/api/admin/settings/cors.allowedOrigins", {"value": []})


async def testASuspendedUserIsOutAtOnce(stack: RunningStack, administrator: Administrator) -> None:
    async with Customer(stack) as person:
        await person.register()
        await person.signIn()
        me = (await person.get("/api/auth/me")).json()
        suspended = await administrator.post(f"/api/admin/users/{me['id']}/suspend", {"reason": "a test"})
        assert suspended.is_success, suspended.text
        assert (await person.get("/api/auth/me")).status_code == 401
        again = await person.post("/api/auth/login", {"email": person.email, "password": "whatever it may be 123"})
        assert again.json()["code"] == "auth.invalidCredentials"
