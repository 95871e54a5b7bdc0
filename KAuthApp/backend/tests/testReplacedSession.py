"""Who signs in where somebody is signed in takes that session's place: it ends, whoever's it was (ASVS 7.2.4)."""

from __future__ import annotations

from httpx import AsyncClient

from KAuthApp.backend.tests.harness import COOKIE, AuthServer, Person, bearer, csrfHeaders, login

ME = "/api/auth/me"


async def statusOf(server: AuthServer, secret: str) -> int:
    async with server.browser() as elsewhere:
        elsewhere.cookies.set(COOKIE, secret)
        return (await elsewhere.get(ME)).status_code


async def testSigningInAgainEndsTheSessionThatWasThere(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await server.signIn(client, person)
    before = client.cookies[COOKIE]
    answer = await login(client, person)
    assert answer.status_code == 200
    assert client.cookies[COOKIE] != before
    assert await statusOf(server, before) == 401
    assert await statusOf(server, client.cookies[COOKIE]) == 200
    await server.resources.redis.flushAll()
    assert await statusOf(server, before) == 401
    sessions = (await client.get("/api/auth/sessions", headers=await csrfHeaders(client))).json()["items"]
    assert [session["current"] for session in sessions] == [True]
    replaced = await server.rows(
        "SELECT after_state ->> 'replacedSessionId' AS id FROM audit_event WHERE target_id = :id",
        id=answer.json()["session"]["id"],
    )
    ended = await server.rows(
        "SELECT id::text FROM user_session WHERE end_reason = 'logout' AND id::text = :id", id=replaced[0]["id"]
    )
    assert len(ended) == 1


async def testSomebodyElsesSessionInTheSameBrowserEndsToo(server: AuthServer, client: AsyncClient) -> None:
    guest, owner = await server.register(client), await server.register(client)
    await server.signIn(client, guest)
    guests = client.cookies[COOKIE]
    async with server.browser() as athome:
        await server.signIn(athome, guest)
        await server.signIn(client, owner)
        assert await statusOf(server, guests) == 401
        assert (await athome.get(ME)).status_code == 200


async def testWhoOnlyTriesEndsNothing(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await server.signIn(client, person)
    assert (await login(client, Person(person.email, "not the right sentence"))).status_code == 401
    assert (await client.get(ME)).status_code == 200


async def testAProgramThatSignsInBesideACookieEndsNothing(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await server.signIn(client, person)
    tokens = (await login(client, person, "api")).json()["tokens"]
    assert (await client.get(ME)).status_code == 200
    async with server.browser() as program:
        assert (await program.get(ME, headers=bearer(tokens["accessToken"]))).status_code == 200


async def testACookieOfNobodyIsNoHindrance(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    for shown in ("x" * 43, "nonsense", ""):
        async with server.browser() as browser:
            browser.cookies.set(COOKIE, shown)
            assert (await login(browser, person)).status_code == 200
