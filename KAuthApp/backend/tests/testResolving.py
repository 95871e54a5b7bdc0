from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from secrets import token_urlsafe

from httpx import AsyncClient

from KAuthApp.backend.tests.harness import COOKIE, AuthServer, login


def copyKey(secret: str) -> str:
    return f"kauth:session:{hashlib.sha256(secret.encode()).hexdigest()}"


async def testASignInLeavesTheCopyThatTheGatewayReads(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    answer = (await login(client, person)).json()
    text = await server.resources.redis.get(copyKey(client.cookies[COOKIE]))
    copy = json.loads(text or "")
    assert (copy["userId"], copy["sessionId"]) == (answer["user"]["id"], answer["session"]["id"])
    assert (copy["audience"], copy["tier"], copy["roles"]) == ("public", "standard", [])
    tokens = (await login(client, person, "api")).json()["tokens"]
    assert await server.resources.redis.get(copyKey(tokens["accessToken"])) is not None
    assert await server.resources.redis.get(copyKey(tokens["refreshToken"])) is None


async def testALostCopyIsWrittenBackForAWhile(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    await server.resources.redis.flushAll()
    assert (await client.get("/api/auth/csrf")).status_code == 200
    text = await server.resources.redis.get(copyKey(client.cookies[COOKIE]))
    lifetime = json.loads(text or "")["expiresAt"] - server.clock.now().timestamp()
    assert 0 < lifetime <= server.settings.authCopySeconds


async def testNoCopyIsBelievedForLongerThanAWhile(server: AuthServer, client: AsyncClient) -> None:
    """What Redis missed (an end of the session, a role) is felt by then, whatever becomes of the outbox."""
    person = await server.register(client)
    tokens = (await login(client, person, "api")).json()["tokens"]
    await login(client, person)
    refreshed = await client.post("/api/auth/token/refresh", json={"refreshToken": tokens["refreshToken"]})
    most = server.clock.now().timestamp() + server.settings.authCopySeconds
    for secret in (client.cookies[COOKIE], tokens["accessToken"], refreshed.json()["accessToken"]):
        text = await server.resources.redis.get(copyKey(secret))
        assert json.loads(text or "")["expiresAt"] <= most


async def testACopyThatExpiredIsNotBelieved(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    server.clock.ahead = timedelta(days=31)
    assert (await client.get("/api/auth/me")).status_code == 401


async def testACopyOfTheOtherServerIsNotBelieved(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    administrators = token_urlsafe(32)
    key = copyKey(administrators)
    text = await server.resources.redis.get(copyKey(client.cookies[COOKIE]))
    await server.resources.redis.set(key, json.dumps({**json.loads(text or ""), "audience": "admin"}))
    client.cookies.set(COOKIE, administrators)
    assert (await client.get("/api/auth/me")).status_code == 401
