"""What a thief finds out by a stolen session who has all the time in the world."""

from __future__ import annotations

from datetime import timedelta

from httpx import AsyncClient

from KAuthApp.backend.tests.harness import NEW_PASSWORD, AuthServer


async def testAFewGuessesADayEndTheSessionToo(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    headers = await server.signIn(client, person)
    statuses = []
    for _ in range(3):
        for _ in range(5):
            answer = await client.post("/api/auth/reauthenticate", json={"password": NEW_PASSWORD}, headers=headers)
            statuses.append(answer.json()["code"])
            server.clock.ahead += timedelta(minutes=1)
        server.clock.ahead += timedelta(days=2)
    assert statuses == ["auth.currentPasswordWrong"] * 10 + ["auth.unauthenticated"] * 5
