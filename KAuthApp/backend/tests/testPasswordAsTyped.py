"""A password is taken as it was typed, and for as long as its owner keeps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from httpx import AsyncClient

from KAuthApp.backend.tests.harness import AuthServer, Person, csrfHeaders, login

LONG = " Tujuh Kopi Tubruk, 4711 ☕ ".ljust(127, "x") + "Z"  # 128 characters, a blank at its beginning


async def testNothingButTheVeryPasswordSignsIn(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    change = {"currentPassword": person.password, "newPassword": LONG}
    assert (await client.post("/api/auth/password/change", json=change, headers=csrf)).status_code == 204
    assert await statusOf(server, replace(person, password=LONG)) == 200
    for other in (LONG[:-1], LONG[:64], LONG.lower(), LONG.strip(), LONG[:-1] + "Y"):
        assert await statusOf(server, replace(person, password=other)) == 401


async def testAPasswordIsGoodForYears(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    server.clock.ahead += timedelta(days=365 * 5)
    assert await statusOf(server, person) == 200
    async with server.browser() as browser:
        await login(browser, person)
        assert (await browser.get("/api/auth/me", headers=await csrfHeaders(browser))).status_code == 200


async def statusOf(server: AuthServer, person: Person) -> int:
    """What a browser that nobody knows is answered."""
    async with server.browser() as browser:
        return (await login(browser, person)).status_code
