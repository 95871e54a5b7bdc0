"""The list of the own sessions shows every one of them, page by page, whatever is used meanwhile."""

from __future__ import annotations

from httpx import AsyncClient

from KAuthApp.backend.tests.harness import AuthServer, login

SESSIONS = "/api/auth/sessions"


async def testASessionThatIsUsedMeanwhileIsStillOnItsPage(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    opened = []
    for _ in range(5):
        async with server.browser() as another:
            opened.append((await login(another, person)).json()["session"]["id"])
    await server.signIn(client, person)
    first = (await client.get(SESSIONS, params={"limit": 4})).json()
    await server.rows("UPDATE user_session SET last_seen_at = now() + interval '1 hour' WHERE id = :id", id=opened[0])
    rest = (await client.get(SESSIONS, params={"limit": 4, "cursor": first["nextCursor"]})).json()

    ids = [session["id"] for session in [*first["items"], *rest["items"]]]
    assert ids[1:] == opened[::-1]
    assert [session["current"] for session in first["items"]] == [True, False, False, False]
    assert rest["nextCursor"] is None


async def testACursorThatNobodyGaveOutIsRefused(server: AuthServer, client: AsyncClient) -> None:
    await server.signIn(client, await server.register(client))
    for path in (SESSIONS, "/api/auth/passkeys"):
        answer = await client.get(path, params={"cursor": "WyIxIl0"})
        assert (answer.status_code, answer.json()["code"]) == (422, "paging.invalidCursor")
