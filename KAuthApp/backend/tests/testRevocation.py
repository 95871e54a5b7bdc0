from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

import pytest
from httpx import AsyncClient

from KAuthApp.backend.tests.harness import (
    NEW_PASSWORD,
    AuthServer,
    Person,
    bearer,
    csrfHeaders,
    login,
)
from shared.backend.redis.client import RedisClient, RedisUnavailableError
from shared.backend.utils.uuid import generateId


@dataclass
class Place:
    """One sign-in of a person: a browser, and the headers its requests need."""

    client: AsyncClient
    sessionId: str
    headers: dict[str, str]

    async def isAccepted(self) -> bool:
        return (await self.client.get("/api/auth/me", headers=self.headers)).status_code == 200


async def placesOf(server: AuthServer, stack: AsyncExitStack, person: Person) -> tuple[Place, Place, Place]:
    """Two browsers and an API client, all used once, so that their copies are warm."""
    places = []
    for kind in ("browser", "browser", "api"):
        client = await stack.enter_async_context(server.browser())
        answer = (await login(client, person, kind)).json()
        tokens = answer["tokens"]
        headers = bearer(tokens["accessToken"]) if tokens else await csrfHeaders(client)
        places.append(Place(client, answer["session"]["id"], headers))
    assert all([await place.isAccepted() for place in places])
    return places[0], places[1], places[2]


async def testSignOutEndsThisSessionAtOnceAndNoOther(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        here, there, program = await placesOf(server, stack, person)
        secret = here.client.cookies["kSession"]
        answer = await here.client.post("/api/auth/logout", headers=here.headers)
        assert answer.status_code == 204
        assert 'kSession=""' in answer.headers["set-cookie"]
        here.client.cookies.set("kSession", secret)
        assert not await here.isAccepted()
        await server.resources.redis.flushAll()
        assert not await here.isAccepted()
        assert await there.isAccepted()
        assert (await program.client.post("/api/auth/logout", headers=program.headers)).status_code == 204
        assert not await program.isAccepted()


async def testOneSessionIsEndedFromAnother(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        here, there, program = await placesOf(server, stack, person)
        for place in (there, program):
            path = f"/api/auth/sessions/{place.sessionId}"
            assert (await here.client.delete(path, headers=here.headers)).status_code == 204
            assert not await place.isAccepted()
            assert (await here.client.delete(path, headers=here.headers)).status_code == 204
        listed = (await here.client.get("/api/auth/sessions")).json()["items"]
        assert [(each["id"], each["current"]) for each in listed] == [(here.sessionId, True)]
        assert listed[0]["deviceLabel"] == "Firefox on Linux"
        assert listed[0]["ip"] == "192.0.2.1"


async def testNobodyEndsAStrangersSession(server: AuthServer, client: AsyncClient) -> None:
    person, stranger = await server.register(client), await server.register(client)
    async with AsyncExitStack() as stack:
        here, _, _ = await placesOf(server, stack, person)
        theirs, _, _ = await placesOf(server, stack, stranger)
        for sessionId in (theirs.sessionId, str(generateId())):
            answer = await here.client.delete(f"/api/auth/sessions/{sessionId}", headers=here.headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "auth.sessionNotFound")
        assert (await here.client.delete("/api/auth/sessions/nonsense", headers=here.headers)).status_code == 422
        assert await theirs.isAccepted()


async def testAllOthersAreEnded(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        here, there, program = await placesOf(server, stack, person)
        assert (await here.client.delete("/api/auth/sessions", headers=here.headers)).status_code == 204
        assert [await place.isAccepted() for place in (here, there, program)] == [True, False, False]


async def testAChangedPasswordEndsTheOthersAndTellsTheOwner(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        here, there, program = await placesOf(server, stack, person)
        change = {"currentPassword": person.password, "newPassword": NEW_PASSWORD}
        answer = await here.client.post("/api/auth/password/change", json=change, headers=here.headers)
        assert answer.status_code == 204
        assert [await place.isAccepted() for place in (here, there, program)] == [True, False, False]
        assert (await login(client, person)).status_code == 401
        assert (await login(client, Person(person.email, NEW_PASSWORD))).status_code == 200
        await server.runJobs()
        assert "Your password was changed" in {mail.subject for mail in server.mail.to(person.email)}


async def testTheCurrentPasswordIsNeeded(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    change = {"currentPassword": NEW_PASSWORD, "newPassword": NEW_PASSWORD}
    answer = await client.post("/api/auth/password/change", json=change, headers=csrf)
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.currentPasswordWrong")
    weak = {"currentPassword": person.password, "newPassword": "passwordpassword"}
    answer = await client.post("/api/auth/password/change", json=weak, headers=csrf)
    assert (answer.status_code, answer.json()["code"]) == (422, "auth.passwordCompromised")
    assert (await login(client, person)).status_code == 200


async def resetCode(server: AuthServer, client: AsyncClient, person: Person) -> str:
    answer = await client.post("/api/auth/password/forgot", json={"email": person.email})
    assert answer.status_code == 202
    return await server.lastCode(person.email)


async def testAResetEndsEverySession(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        places = await placesOf(server, stack, person)
        code = await resetCode(server, client, person)
        weak = {"email": person.email, "code": code, "newPassword": "wulandariwulandari"}
        assert (await client.post("/api/auth/password/reset", json=weak)).status_code == 422
        reset = {"email": person.email, "code": code, "newPassword": NEW_PASSWORD}
        assert (await client.post("/api/auth/password/reset", json=reset)).status_code == 204
        assert not any([await place.isAccepted() for place in places])
        assert (await client.post("/api/auth/password/reset", json=reset)).status_code == 400
    assert (await login(client, person)).status_code == 401
    assert (await login(client, Person(person.email, NEW_PASSWORD))).status_code == 200
    await server.runJobs()
    assert "Your password was changed" in {mail.subject for mail in server.mail.to(person.email)}


async def testOfTwentyEqualResetsOneWins(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    code = await resetCode(server, client, person)
    reset = {"email": person.email, "code": code, "newPassword": NEW_PASSWORD}
    answers = await asyncio.gather(*[client.post("/api/auth/password/reset", json=reset) for _ in range(20)])
    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 19


async def testAResetCodeIsNoProofOfAddressAndTheOtherWayRound(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    code = await resetCode(server, client, person)
    proof = await client.post("/api/auth/verify-email", json={"email": person.email, "code": code})
    assert proof.status_code == 400


async def testSuspensionIsFeltAtOnceEvenWithoutRedis(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        places = await placesOf(server, stack, person)
        await server.rows("UPDATE user_account SET status = 'suspended' WHERE email = :email", email=person.email)
        await server.resources.redis.flushAll()
        assert not any([await place.isAccepted() for place in places])


async def testAFlushedRedisSignsNobodyOut(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        places = await placesOf(server, stack, person)
        await server.resources.redis.flushAll()
        assert all([await place.isAccepted() for place in places])


def cutOff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis stops answering."""

    async def unavailable(*_: object, **__: object) -> NoReturn:
        raise RedisUnavailableError("the cache did not answer")

    for name in ("get", "run", "set", "delete"):
        monkeypatch.setattr(RedisClient, name, unavailable)


async def testWithoutRedisPostgresqlAnswers(
    server: AuthServer, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        places = await placesOf(server, stack, person)
        with monkeypatch.context() as away:
            cutOff(away)
            assert all([await place.isAccepted() for place in places])
            assert (await login(client, person)).status_code == 200


async def testARevocationWithoutRedisSaysPendingAndIsFinishedLater(
    server: AuthServer, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        here, there, _ = await placesOf(server, stack, person)
        path = f"/api/auth/sessions/{there.sessionId}"
        with monkeypatch.context() as away:
            cutOff(away)
            pending = await here.client.delete(path, headers=here.headers)
            assert (pending.status_code, pending.json()["code"]) == (503, "auth.revocationPending")
            assert "Retry-After" in pending.headers
            assert not await there.isAccepted(), "PostgreSQL knows"
        await server.runJobs()
        server.clock.ahead = timedelta(seconds=10)
        await server.runJobs()
        assert await server.resources.redis.get(f"kauth:ended:{there.sessionId}") is not None
        await asyncio.sleep(1.1)
        assert not await there.isAccepted()
        assert (await here.client.delete(path, headers=here.headers)).status_code == 204


async def testAllOthersAskedAgainFinishesWhatWasPending(
    server: AuthServer, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        here, there, program = await placesOf(server, stack, person)
        with monkeypatch.context() as away:
            cutOff(away)
            pending = await here.client.delete("/api/auth/sessions", headers=here.headers)
            assert pending.status_code == 503
        again = await here.client.delete("/api/auth/sessions", headers=here.headers)
        assert again.status_code == 204
        for place in (there, program):
            assert await server.resources.redis.get(f"kauth:ended:{place.sessionId}") is not None


async def testASignInThatRacesAPasswordChangeLeavesNoSessionWithTheOldPassword(
    server: AuthServer, client: AsyncClient
) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    change = {"currentPassword": person.password, "newPassword": NEW_PASSWORD}
    async with AsyncExitStack() as stack:
        others = [await stack.enter_async_context(server.browser()) for _ in range(6)]
        await asyncio.gather(
            *[login(other, person) for other in others[:3]],
            client.post("/api/auth/password/change", json=change, headers=csrf),
            *[login(other, person) for other in others[3:]],
        )
        assert not any([(await other.get("/api/auth/me")).status_code == 200 for other in others])


async def testACopyIsNotWrittenBackAfterTheEnd(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        here, there, _ = await placesOf(server, stack, person)
        await server.resources.redis.flushAll()
        path = f"/api/auth/sessions/{there.sessionId}"
        answers = await asyncio.gather(
            *[there.client.get("/api/auth/me") for _ in range(10)],
            here.client.delete(path, headers=here.headers),
            *[there.client.get("/api/auth/me") for _ in range(10)],
        )
        assert {answer.status_code for answer in answers} <= {200, 204, 401}
        assert not await there.isAccepted()


async def testSessionsLongOverAreForgotten(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    await login(client, person)
    server.clock.ahead = timedelta(days=121)
    await server.runJobs()
    rows = await server.rows(
        "SELECT s.id FROM user_session s JOIN user_account u ON u.id = s.user_id WHERE u.email = :email",
        email=person.email,
    )
    assert rows == []
