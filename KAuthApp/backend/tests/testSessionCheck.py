from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from secrets import token_urlsafe

import pytest
from httpx import AsyncClient
from sqlalchemy import event

from conftest import DatabaseUrls
from KAuthApp.backend.tests.harness import COOKIE, AuthServer, AuthTestSettings, Person, bearer, login, runServer
from shared.backend.http.credentials import hashCredential

CHECK = "/api/auth/session"


@contextmanager
def statementsOf(server: AuthServer) -> Iterator[list[str]]:
    """Every statement the server sends to PostgreSQL meanwhile, however it sends it."""
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    engine = server.resources.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def keyOf(client: AsyncClient, csrf: dict[str, str]) -> str:
    body = {"name": "Web shop", "scopes": ["payment.read", "profile.read"]}
    made = await client.post("/api/auth/api-keys", json=body, headers=csrf)
    return str(made.json()["secret"])


async def testItTellsWhoIsBehindACookieATokenAndAKey(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    api = (await login(client, person, "api")).json()
    csrf = await server.signIn(client, person)
    key = await keyOf(client, csrf)
    cookie = (await client.get(CHECK)).json()
    token = (await client.get(CHECK, headers=bearer(api["tokens"]["accessToken"]))).json()
    program = (await client.get(CHECK, headers=bearer(key))).json()
    assert {each["userId"] for each in (cookie, token, program)} == {api["user"]["id"]}
    assert [each["kind"] for each in (cookie, token, program)] == ["session", "session", "apiKey"]
    assert token["sessionId"] == api["session"]["id"]
    assert (program["scopes"], cookie["scopes"], program["expiresAt"]) == (["payment.read", "profile.read"], [], None)
    lifetimes = [_secondsBetween(each["authenticatedAt"], each["expiresAt"]) for each in (cookie, token)]
    assert lifetimes == [pytest.approx(30 * 86_400, abs=2), pytest.approx(600, abs=2)]
    assert set(cookie) == {"userId", "sessionId", "kind", "roles", "scopes", "authenticatedAt", "expiresAt"}


async def testTheAnswerIsTheSameFromTheCopyAndFromTheTruth(server: AuthServer, client: AsyncClient) -> None:
    """Whoever asks twice, before and after Redis lost everything, reads the same."""
    person = await server.register(client)
    token = (await login(client, person, "api")).json()["tokens"]["accessToken"]
    key = await keyOf(client, await server.signIn(client, person))
    for headers in ({}, bearer(token), bearer(key)):
        texts = []
        for isFlushed in (False, True, False):
            if isFlushed:
                await server.resources.redis.flushAll()
            texts.append((await client.get(CHECK, headers=headers)).text)
        assert len(set(texts)) == 1


async def testAWarmCheckSendsNoStatement(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    token = (await login(client, person, "api")).json()["tokens"]["accessToken"]
    key = await keyOf(client, await server.signIn(client, person))
    ways: list[dict[str, str]] = [{}, bearer(token), bearer(key)]
    for headers in ways:
        assert (await client.get(CHECK, headers=headers)).status_code == 200
    with statementsOf(server) as seen:
        for headers in ways:
            assert (await client.get(CHECK, headers=headers)).status_code == 200
        assert seen == []
        assert (await client.get("/api/auth/me")).status_code == 200
        assert seen, "the counter sees what is sent"


async def testForgedCookiesOfAMomentAreLookedUpTogether(server: AuthServer, client: AsyncClient) -> None:
    forged = [{"Cookie": f"{COOKIE}={token_urlsafe(32)}"} for _ in range(40)]
    with statementsOf(server) as seen:
        answers = await asyncio.gather(*[client.get(CHECK, headers=headers) for headers in forged])
    assert {answer.status_code for answer in answers} == {401}
    assert 1 <= len(seen) <= 10


@pytest.mark.parametrize("secret", ["short", "with.two.dots", "x" * 44, "kak_" + "x" * 43, "sp ace" + "x" * 37])
async def testWhatCannotBeACookieOfOursAsksNobody(server: AuthServer, client: AsyncClient, secret: str) -> None:
    with statementsOf(server) as seen:
        assert (await client.get(CHECK, headers={"Cookie": f'{COOKIE}="{secret}"'})).status_code == 401
    assert seen == []


async def testManyWhoLostTheirCopiesAreAllLetIn(server: AuthServer, client: AsyncClient) -> None:
    """Looked up together, each still gets the own answer."""
    people: list[tuple[Person, str]] = []
    for _ in range(6):
        person = await server.register(client)
        people.append((person, (await login(client, person)).cookies[COOKIE]))
        client.cookies.clear()
    await server.resources.redis.flushAll()
    cookies = [{"Cookie": f"{COOKIE}={secret}"} for _, secret in people] + [{"Cookie": f"{COOKIE}={token_urlsafe(32)}"}]
    answers = await asyncio.gather(*[client.get(CHECK, headers=headers) for headers in cookies])
    assert [answer.status_code for answer in answers] == [200] * 6 + [401]
    found = [answer.json()["userId"] for answer in answers[:-1]]
    rows = await server.rows("SELECT id::text, email FROM user_account")
    emails = {str(row["id"]): row["email"] for row in rows}
    assert [emails[userId] for userId in found] == [person.email for person, _ in people]


async def testASessionThatIsOverIsRefused(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    server.clock.ahead = timedelta(days=30)
    assert (await client.get(CHECK)).status_code == 401


async def testNoCopyIsBelievedForMoreThanHalfOfTheIdleTime(
    serverEnvironment: dict[str, object], database: DatabaseUrls
) -> None:
    """The gateway notes no use: a session that is only checked there comes by here in time not to be idle."""
    settings = AuthTestSettings.model_validate({**serverEnvironment, "authMfaSessionIdleSeconds": 120})
    async with runServer(settings, database.superuser) as server, server.browser() as client:
        await login(client, await server.register(client))
        text = await server.resources.redis.get(f"kauth:session:{hashCredential(client.cookies[COOKIE])}")
        assert 0 < json.loads(text or "")["expiresAt"] - server.clock.now().timestamp() <= 60


def _secondsBetween(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
