"""Who gets in where: audiences, forged headers, and what the gateway never passes on."""

from __future__ import annotations

import itertools

import httpx
import pytest

from shared.backend.redis.client import RedisClient
from tests.support.asking import askUntil
from tests.support.people import PASSWORD, Administrator, Customer
from tests.support.runningStack import RunningStack

pytestmark = pytest.mark.stack

ADMIN_PATHS = ["/users", "/payments", "/settings", "/rate-limit-policies", "/audit-events", "/auth/me"]


@pytest.mark.parametrize("path", ADMIN_PATHS)
async def testAPublicCredentialIsNothingToTheAdminServer(stack: RunningStack, customer: Customer, path: str) -> None:
    login = await customer.post("/api/auth/login", {"email": customer.email, "password": PASSWORD, "client": "api"})
    token = login.json()["tokens"]["accessToken"]
    cookie = customer.http.cookies["kSession"]
    async with httpx.AsyncClient(base_url=stack.endpoints.gateway) as stranger:
        answers = [
            await stranger.get(f"/api/admin{path}", headers={"Authorization": f"Bearer {token}"}),
            await stranger.get(f"/api/admin{path}", headers={"Cookie": f"kAdminSession={cookie}"}),
            await stranger.get(f"/api/admin{path}", headers={"Cookie": f"kSession={cookie}"}),
            await stranger.get(f"/api/admin{path}"),
        ]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert {answer.json()["code"] for answer in answers} == {"auth.unauthenticated"}


async def testForgedIdentityHeadersStraightToTheServerChangeNothing(stack: RunningStack, customer: Customer) -> None:
    me = (await customer.get("/api/auth/me")).json()
    forged = {
        "X-User-Id": me["id"],
        "X-K-User-Id": me["id"],
        "X-K-Gateway-Secret": "guess",
        "X-K-Client-Address": "198.51.100.7",
        "X-Forwarded-For": "198.51.100.7",
        "X-Forwarded-User": me["email"],
    }
    async with httpx.AsyncClient(base_url=stack.endpoints.publicServer, headers=forged) as thief:
        assert (await thief.get("/api/auth/me")).status_code == 401
        assert (await thief.get("/api/payment/payments")).status_code == 401
        login = await thief.post("/api/auth/login", json={"email": customer.email, "password": PASSWORD})
        assert login.status_code == 200
        sessions = (await thief.get("/api/auth/sessions")).json()["items"]
    current = next(session for session in sessions if session["current"])
    assert current["ip"] != "198.51.100.7"


async def testACookieWithoutItsCsrfTokenChangesNothing(stack: RunningStack, customer: Customer) -> None:
    cookies = {"Cookie": f"kSession={customer.http.cookies['kSession']}"}
    async with httpx.AsyncClient(base_url=stack.endpoints.gateway, headers=cookies) as site:
        refused = await site.patch("/api/auth/me", json={"fullName": "Mallory"})
        wrong = await site.patch("/api/auth/me", json={"fullName": "Mallory"}, headers={"X-CSRF-Token": "guess"})
    assert [refused.status_code, wrong.status_code] == [403, 403]
    assert (await customer.get("/api/auth/me")).json()["fullName"] != "Mallory"


async def testAnotherPersonsPaymentIsNotFound(stack: RunningStack, customer: Customer) -> None:
    payment = await customer.createPayment()
    async with Customer(stack) as other:
        await other.register()
        await other.signIn()
        answers = [
            await other.get(f"/api/payment/payments/{payment['id']}"),
            await other.post(f"/api/payment/payments/{payment['id']}/cancel"),
        ]
    assert [answer.status_code for answer in answers] == [404, 404]


async def testTheHeadOfAnEventStreamFitsWhereTheGatewayHoldsIt(
    stack: RunningStack, customer: Customer, administrator: Administrator
) -> None:
    """512 bytes a stream, 1024 for who names an origin (conf.d/server.conf): a longer head would be 502."""
    path = f"/api/payment/payments/{(await customer.createPayment())['id']}/events"
    key = (await customer.post("/api/auth/api-keys", {"name": "Narrow", "scopes": ["payment.write"]})).json()
    callers: tuple[tuple[dict[str, str], int], ...] = (
        ({"Cookie": f"kSession={customer.http.cookies['kSession']}"}, 200),
        ({}, 401),
        ({"Authorization": "Bearer none"}, 401),
        ({"Authorization": f"Bearer {key['secret']}"}, 403),
    )
    origin = f"https://{'shop.' * 57}test"
    elsewhere = {"Origin": origin}
    longest = {"X-Request-ID": "i" * 128}
    async with (
        httpx.AsyncClient(base_url=stack.endpoints.publicServer, headers=longest) as direct,
        httpx.AsyncClient(base_url=stack.endpoints.gateway, headers=longest) as site,
        httpx.AsyncClient(base_url=stack.endpoints.publicServer, headers=elsewhere) as shop,
    ):
        await administrator.send("PUT", "/api/admin/settings/cors.allowedOrigins", {"value": [origin]})
        await askUntil(shop, "/api/auth/csrf", lambda one: one.headers.get("Access-Control-Allow-Origin") == origin)
        for (caller, status), (more, room) in itertools.product(callers, (({}, 450), (elsewhere, 960))):
            async with direct.stream("GET", path, headers={**caller, **more}) as answer:
                assert answer.status_code == status
                assert sum(len(name) + len(value) + 4 for name, value in answer.headers.raw) < room
            async with site.stream("GET", path, headers={**caller, **more}) as answer:
                assert (answer.status_code, answer.headers["X-Request-ID"]) == (status, "i" * 128)
                assert answer.headers.get("Access-Control-Allow-Origin", "") == more.get("Origin", "")
    await administrator.send("PUT", "/api/admin/settings/cors.allowedOrigins", {"value": []})


async def testEveryAnswerCarriesARequestIdAndTheGatewayKeepsAGoodOne(stack: RunningStack) -> None:
    async with httpx.AsyncClient(base_url=stack.endpoints.gateway) as client:
        own = await client.get("/api/auth/me", headers={"X-Request-ID": "my-request.0001"})
        missing = await client.get("/no/such/place")
    assert own.headers["X-Request-ID"] == "my-request.0001"
    assert own.json()["requestId"] == "my-request.0001"
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    assert missing.json()["requestId"] == missing.headers["X-Request-ID"]


async def testTheBanksDoorAnswersStrangersInTheBanksLanguage(stack: RunningStack) -> None:
    path = "/api/payment/bri/snap/v1.0/transfer-va/notify-payment-intrabank"
    async with httpx.AsyncClient(base_url=stack.endpoints.gateway) as stranger:
        answer = await stranger.post(path, json={"partnerServiceId": "   22084"})
    assert answer.status_code in {400, 401}
    assert answer.json()["responseCode"][:5] in {"40034", "40134"}
    assert "code" not in answer.json()


async def testWhoIsBehindACredentialIsSaidAlikeByTheGatewayAndTheServer(
    stack: RunningStack, customer: Customer
) -> None:
    """From the copy, from the server itself, and after Redis lost everything: the same words, and nobody signed out."""
    path = "/api/auth/session"
    login = await customer.post("/api/auth/login", {"email": customer.email, "password": PASSWORD, "client": "api"})
    token = {"Authorization": f"Bearer {login.json()['tokens']['accessToken']}"}
    key = (await customer.post("/api/auth/api-keys", {"name": "Shop", "scopes": ["payment.read"]})).json()
    program = {"Authorization": f"Bearer {key['secret']}"}
    redis = RedisClient(stack.endpoints.redis)
    async with (
        httpx.AsyncClient(base_url=stack.endpoints.gateway) as gateway,
        httpx.AsyncClient(base_url=stack.endpoints.publicServer) as server,
    ):
        for headers in (customer.headers, token, program):
            atServer = await server.get(path, headers=headers)
            fromCopy = await gateway.get(path, headers=headers)
            await redis.flushAll()
            fromServer = await gateway.get(path, headers=headers)
            assert atServer.status_code == 200
            assert atServer.text == fromCopy.text == fromServer.text
        assert (await gateway.get("/api/payment/payments", headers=program)).status_code == 200
        assert (await gateway.post("/api/payment/payments", headers=program, json={})).status_code == 403
        assert (await customer.send("DELETE", f"/api/auth/api-keys/{key['id']}")).status_code == 204
        assert (await gateway.post("/api/auth/logout", headers=token)).status_code == 204
        for headers in (program, token):
            assert (await gateway.get(path, headers=headers)).status_code == 401
    await redis.close()
