from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TypedDict

from httpx import AsyncClient, Response

from KAuthApp.backend.tests.harness import AuthServer, bearer, login


class Tokens(TypedDict):
    accessToken: str
    refreshToken: str


async def signedIn(server: AuthServer, client: AsyncClient) -> Tokens:
    person = await server.register(client)
    return tokensOf((await login(client, person, "api")).json()["tokens"])


def tokensOf(body: dict[str, str]) -> Tokens:
    return Tokens(accessToken=body["accessToken"], refreshToken=body["refreshToken"])


async def refresh(client: AsyncClient, refreshToken: str) -> Response:
    return await client.post("/api/auth/token/refresh", json={"refreshToken": refreshToken})


async def isAccepted(client: AsyncClient, accessToken: str) -> bool:
    return (await client.get("/api/auth/me", headers=bearer(accessToken))).status_code == 200


async def testARefreshGivesNewTokensThatWork(server: AuthServer, client: AsyncClient) -> None:
    first = await signedIn(server, client)
    answer = await refresh(client, first["refreshToken"])
    assert answer.status_code == 200
    second = tokensOf(answer.json())
    assert second["refreshToken"] != first["refreshToken"]
    assert second["accessToken"] != first["accessToken"]
    assert await isAccepted(client, second["accessToken"])
    assert await isAccepted(client, first["accessToken"])


async def testParallelRefreshesAllGetTheSameSuccessor(server: AuthServer, client: AsyncClient) -> None:
    first = await signedIn(server, client)
    answers = await asyncio.gather(*[refresh(client, first["refreshToken"]) for _ in range(10)])
    assert {answer.status_code for answer in answers} == {200}
    successors = {tokensOf(answer.json())["refreshToken"] for answer in answers}
    assert len(successors) == 1
    assert (await refresh(client, successors.pop())).status_code == 200


async def testALostAnswerMayBeAskedForAgainForHalfAMinute(server: AuthServer, client: AsyncClient) -> None:
    first = await signedIn(server, client)
    lost = tokensOf((await refresh(client, first["refreshToken"])).json())
    server.clock.ahead = timedelta(seconds=28)
    again = tokensOf((await refresh(client, first["refreshToken"])).json())
    assert again["refreshToken"] == lost["refreshToken"]


async def testAfterHalfAMinuteAReuseEndsTheFamily(server: AuthServer, client: AsyncClient) -> None:
    first = await signedIn(server, client)
    second = tokensOf((await refresh(client, first["refreshToken"])).json())
    server.clock.ahead = timedelta(seconds=32)
    reuse = await refresh(client, first["refreshToken"])
    assert (reuse.status_code, reuse.json()["code"]) == (401, "auth.refreshReused")
    assert (await refresh(client, second["refreshToken"])).status_code == 401
    assert not await isAccepted(client, second["accessToken"])
    assert not await isAccepted(client, first["accessToken"])


async def testOnceTheSuccessorIsUsedAReuseEndsTheFamilyAtOnce(server: AuthServer, client: AsyncClient) -> None:
    first = await signedIn(server, client)
    second = tokensOf((await refresh(client, first["refreshToken"])).json())
    third = tokensOf((await refresh(client, second["refreshToken"])).json())
    reuse = await refresh(client, first["refreshToken"])
    assert (reuse.status_code, reuse.json()["code"]) == (401, "auth.refreshReused")
    assert (await refresh(client, third["refreshToken"])).status_code == 401
    assert not await isAccepted(client, third["accessToken"])


async def testAReuseEndsNoOtherFamily(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    stolen = tokensOf((await login(client, person, "api")).json()["tokens"])
    other = tokensOf((await login(client, person, "api")).json()["tokens"])
    await login(client, person)
    second = tokensOf((await refresh(client, stolen["refreshToken"])).json())
    await refresh(client, second["refreshToken"])
    assert (await refresh(client, stolen["refreshToken"])).status_code == 401
    assert await isAccepted(client, other["accessToken"])
    assert (await refresh(client, other["refreshToken"])).status_code == 200
    assert (await client.get("/api/auth/me")).status_code == 200


async def testManyRoundsOfRacesHaveNoVictim(server: AuthServer, client: AsyncClient) -> None:
    tokens = await signedIn(server, client)
    for width in (2, 3, 5, 2, 8, 2):
        answers = await asyncio.gather(*[refresh(client, tokens["refreshToken"]) for _ in range(width)])
        assert [answer.status_code for answer in answers] == [200] * width
        tokens = tokensOf(answers[-1].json())
    assert await isAccepted(client, tokens["accessToken"])


async def testAnUnknownRefreshTokenIsRefused(client: AsyncClient) -> None:
    answer = await refresh(client, "x" * 43)
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.refreshInvalid")


async def testNoRefreshTokenStandsInTheOpenInTheDatabase(server: AuthServer, client: AsyncClient) -> None:
    first = await signedIn(server, client)
    second = tokensOf((await refresh(client, first["refreshToken"])).json())
    rows = await server.rows("SELECT to_jsonb(t)::text AS row FROM refresh_token t")
    text = "".join(str(row["row"]) for row in rows)
    assert first["refreshToken"] not in text
    assert second["refreshToken"] not in text


async def testSealedSuccessorsAreForgottenInTime(server: AuthServer, client: AsyncClient) -> None:
    first = await signedIn(server, client)
    await refresh(client, first["refreshToken"])
    sealed = "SELECT id FROM refresh_token WHERE successor_sealed IS NOT NULL"
    await server.runJobs()
    assert len(await server.rows(sealed)) >= 1
    server.clock.ahead = timedelta(minutes=1)
    await server.runJobs()
    assert await server.rows(sealed) == []


async def testAnAccessTokenEndsAfterTenMinutesAndTheFamilyGoesOn(server: AuthServer, client: AsyncClient) -> None:
    first = await signedIn(server, client)
    server.clock.ahead = timedelta(minutes=10, seconds=1)
    assert not await isAccepted(client, first["accessToken"])
    second = tokensOf((await refresh(client, first["refreshToken"])).json())
    assert await isAccepted(client, second["accessToken"])


async def testASuspendedPersonRefreshesNothing(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    tokens = tokensOf((await login(client, person, "api")).json()["tokens"])
    await server.rows("UPDATE user_account SET status = 'suspended' WHERE email = :email", email=person.email)
    assert (await refresh(client, tokens["refreshToken"])).status_code == 401
