"""Browsers that signed in before, and what their owner is told of new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from httpx import AsyncClient

from KAuthApp.backend.tests.defence import DEVICE_COOKIE, stranger
from KAuthApp.backend.tests.harness import FIREFOX, NEW_PASSWORD, AuthServer, Person, csrfHeaders, login

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36"
NEW_DEVICE = "A new device signed in"


async def notices(server: AuthServer, person: Person) -> list[str]:
    await server.runJobs()
    return [mail.text for mail in server.mail.to(person.email) if mail.subject == NEW_DEVICE]


async def devicesOf(server: AuthServer, person: Person) -> Sequence[Mapping[str, object]]:
    return await server.rows(
        "SELECT d.* FROM known_device d JOIN user_account u ON u.id = d.user_id WHERE u.email = :email",
        email=person.email,
    )


async def testOnlyANewDeviceIsToldOfAndTheVeryFirstIsNot(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    for _ in range(2):
        assert (await login(client, person)).status_code == 200
    assert await notices(server, person) == []
    async with server.browser(CHROME) as other:
        for _ in range(2):
            assert (await login(other, person)).status_code == 200
    told = await notices(server, person)
    assert len(told) == 1
    assert "Chrome on Windows" in told[0]
    assert len(await devicesOf(server, person)) == 2


async def testTheNoticeIsInTheLanguageOfThePerson(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await client.patch("/api/auth/me", json={"locale": "id"}, headers=csrf)
    async with server.browser(FIREFOX) as other:
        await login(other, person)
    await server.runJobs()
    assert server.mail.to(person.email)[-1].subject == "Perangkat baru masuk ke akun Anda"


async def testAProgramIsToldOfButNeverKnown(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    async with server.browser("backup/2.1") as program:
        answer = await login(program, person, "api")
        assert "set-cookie" not in answer.headers
    assert [("backup" in text) for text in await notices(server, person)] == [True]
    assert len(await devicesOf(server, person)) == 1


async def testNobodyFillsAMailboxWithNotices(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    for _ in range(14):
        async with server.browser() as other:
            assert (await login(other, person)).status_code == 200
    assert len(await notices(server, person)) == 10
    for hours in (1, 2):
        server.clock.ahead = timedelta(hours=hours, minutes=hours)
        for _ in range(8):
            async with server.browser() as other:
                await login(other, person)
    assert len(await notices(server, person)) == 20


async def testTheCookieIsKeptForFourHundredDaysAndReadByNoScript(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    answer = await login(client, person)
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith(DEVICE_COOKIE))
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/", "max-age=34560000"} <= attributes
    secret = client.cookies[DEVICE_COOKIE]
    assert secret not in str(await devicesOf(server, person))
    server.clock.ahead = timedelta(days=399)
    await login(client, person)
    server.clock.ahead = timedelta(days=798)
    await login(client, person)
    assert await notices(server, person) == [], "each sign-in renews it"
    server.clock.ahead = timedelta(days=1199)
    await login(client, person)
    assert len(await notices(server, person)) == 1


async def testTwoPeopleOfOneBrowserAreBothKnown(server: AuthServer, client: AsyncClient) -> None:
    people = [await server.register(client) for _ in range(2)]
    for _ in range(2):
        for person in people:
            assert (await login(client, person)).status_code == 200
    assert client.cookies[DEVICE_COOKIE].count(".") == 1
    for person in people:
        assert await notices(server, person) == []
        assert len(await devicesOf(server, person)) == 1


async def testAPlantedCookieIsNeverTakenOver(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    planted = "p" * 43
    async with server.browser() as victim:
        victim.cookies.set(DEVICE_COOKIE, planted)
        await login(victim, person)
    async with server.browser() as thief:
        thief.cookies.set(DEVICE_COOKIE, planted)
        await login(thief, person)
    assert len(await notices(server, person)) == 2, "the planted secret made neither of them known"


async def testABrowserThatSendsNonsenseIsAStranger(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    for nonsense in ("x", "." * 500, "é", ".".join(["q" * 43] * 50)):
        async with server.browser() as other:
            answer = await other.post(
                "/api/auth/login",
                json={"email": person.email, "password": person.password},
                headers={b"Cookie": f"{DEVICE_COOKIE}={nonsense}".encode()},
            )
            assert answer.status_code == 200
    assert len(await notices(server, person)) == 4


async def testEndingAllOtherSessionsLeavesOnlyThisBrowserKnown(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with server.browser(CHROME) as other:
        await login(other, person)
        csrf = await server.signIn(client, person)
        before = len(await notices(server, person))
        assert (await client.delete("/api/auth/sessions", headers=csrf)).status_code == 204
        await login(client, person)
        assert len(await notices(server, person)) == before
        await login(other, person)
    assert len(await notices(server, person)) == before + 1


async def testChangingThePasswordLeavesOnlyThisBrowserKnown(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with server.browser(CHROME) as other:
        await login(other, person)
        await login(client, person)
        change = {"currentPassword": person.password, "newPassword": NEW_PASSWORD}
        answer = await client.post("/api/auth/password/change", json=change, headers=await csrfHeaders(client))
        assert answer.status_code == 204
        before = len(await notices(server, person))
        changed = Person(person.email, NEW_PASSWORD)
        await login(client, changed)
        assert len(await notices(server, person)) == before
        await login(other, changed)
    assert len(await notices(server, person)) == before + 1


async def testAResetForgetsEveryDevice(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    await client.post("/api/auth/password/forgot", json={"email": person.email})
    reset = {"email": person.email, "code": await server.lastCode(person.email), "newPassword": NEW_PASSWORD}
    assert (await client.post("/api/auth/password/reset", json=reset)).status_code == 204
    assert await devicesOf(server, person) == []
    await login(client, Person(person.email, NEW_PASSWORD))
    assert len(await notices(server, person)) == 1


async def testAPersonHasTwentyDevicesAtMost(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    for _ in range(22):
        async with stranger(server) as other:
            await login(other, person)
    assert len(await devicesOf(server, person)) == 20
    before = len(await devicesOf(server, person))
    await login(client, person)
    assert len(await devicesOf(server, person)) == before
