from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Final, NoReturn

import pytest
from httpx import AsyncClient, Response

from KAuthApp.backend.tests.factors import answerWith, challengeOf, codeOf, confirm, enroll, guarded
from KAuthApp.backend.tests.harness import (
    COOKIE,
    NEW_PASSWORD,
    PASSWORD,
    AuthServer,
    bearer,
    csrfHeaders,
    login,
)
from shared.backend.redis.client import RedisClient, RedisUnavailableError

ENROLL: Final = "/api/auth/mfa/totp/enroll"
STALE: Final = timedelta(minutes=5, seconds=2)


async def reauthenticate(client: AsyncClient, proof: Mapping[str, str], headers: Mapping[str, str]) -> Response:
    return await client.post("/api/auth/reauthenticate", json=proof, headers=headers)


async def isAccepted(server: AuthServer, secret: str) -> bool:
    async with server.browser() as other:
        other.cookies.set(COOKIE, secret)
        return (await other.get("/api/auth/me")).status_code == 200


async def testThePasswordOpensWhatNeedsAFreshSignIn(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    headers = await server.signIn(client, person)
    server.clock.ahead += STALE
    assert codeOf(await client.post(ENROLL, headers=headers)) == "auth.reauthenticationRequired"
    answer = await reauthenticate(client, {"password": person.password}, headers)
    assert answer.status_code == 200
    body = answer.json()
    freshFor = datetime.fromisoformat(body["freshUntil"]) - datetime.fromisoformat(body["authenticatedAt"])
    assert freshFor == timedelta(minutes=5)
    token = {"X-CSRF-Token": body["csrfToken"]}
    assert token == await csrfHeaders(client)
    assert (await client.post(ENROLL, headers=token)).status_code == 200
    server.clock.ahead += STALE
    assert codeOf(await client.post(ENROLL, headers=token)) == "auth.reauthenticationRequired"


async def testAnApiClientIsFreshUnderTheSameToken(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    headers = bearer((await login(client, person, "api")).json()["tokens"]["accessToken"])
    server.clock.ahead += STALE
    refused = await client.post(ENROLL, headers=headers)
    assert refused.headers["WWW-Authenticate"].startswith('Bearer error="insufficient_user_authentication"')
    answer = await reauthenticate(client, {"password": person.password}, headers)
    assert (answer.status_code, answer.json()["csrfToken"]) == (200, None)
    assert "set-cookie" not in answer.headers
    assert (await client.post(ENROLL, headers=headers)).status_code == 200


async def testAWrongPasswordOpensNothing(server: AuthServer, client: AsyncClient) -> None:
    headers = await server.signIn(client, await server.register(client))
    server.clock.ahead += STALE
    answer = await reauthenticate(client, {"password": NEW_PASSWORD}, headers)
    assert (answer.status_code, codeOf(answer)) == (403, "auth.currentPasswordWrong")
    assert codeOf(await client.post(ENROLL, headers=headers)) == "auth.reauthenticationRequired"


async def testWithASecondFactorThePasswordIsNotEnough(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    server.clock.ahead += STALE
    answer = await reauthenticate(client, {"password": who.person.password}, who.headers)
    assert (answer.status_code, codeOf(answer)) == (401, "auth.secondFactorRequired")
    answer = await reauthenticate(client, {"code": who.app.wrongCode()}, who.headers)
    assert (answer.status_code, codeOf(answer)) == (401, "auth.secondFactorInvalid")
    assert (await reauthenticate(client, {"code": who.app.code()}, who.headers)).status_code == 200
    headers = await csrfHeaders(client)
    assert codeOf(await reauthenticate(client, {"code": who.app.code()}, headers)) == "auth.secondFactorInvalid"


async def testAPasswordIsNotChangedWithoutTheSecondFactorThatIsThere(server: AuthServer, client: AsyncClient) -> None:
    """Else a session that was stolen long ago and a password throw the owner out of every other session."""
    who = await guarded(server, client)
    change = {"currentPassword": who.person.password, "newPassword": NEW_PASSWORD}
    server.clock.ahead += STALE
    refused = await client.post("/api/auth/password/change", json=change, headers=who.headers)
    assert (refused.status_code, codeOf(refused)) == (401, "auth.reauthenticationRequired")
    assert (await reauthenticate(client, {"code": who.app.code()}, who.headers)).status_code == 200
    answer = await client.post("/api/auth/password/change", json=change, headers=await csrfHeaders(client))
    assert answer.status_code == 204


async def testARecoveryCodeProvesItOnce(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    assert (await reauthenticate(client, {"code": who.recoveryCodes[3]}, who.headers)).status_code == 200
    headers = await csrfHeaders(client)
    again = await reauthenticate(client, {"code": who.recoveryCodes[3]}, headers)
    assert codeOf(again) == "auth.secondFactorInvalid"
    await server.runJobs()
    assert server.mail.to(who.person.email)[-1].subject == "A recovery code was used"


async def testGuessesHereAndAtSignInAreCountedTogether(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    for _ in range(2):
        await reauthenticate(client, {"code": who.app.wrongCode()}, who.headers)
        await answerWith(client, await challengeOf(client, who.person), who.app.wrongCode())
    fifth = await reauthenticate(client, {"code": who.app.wrongCode()}, who.headers)
    assert codeOf(fifth) == "auth.secondFactorInvalid"
    for answer in (
        await reauthenticate(client, {"code": who.app.wrongCode()}, who.headers),
        await answerWith(client, await challengeOf(client, who.person), who.app.code()),
    ):
        assert (answer.status_code, codeOf(answer)) == (429, "auth.tooManyAttempts")
    server.clock.ahead += timedelta(minutes=1)
    assert (await reauthenticate(client, {"code": who.app.code()}, who.headers)).status_code == 200


@pytest.mark.parametrize(
    "proof",
    [{}, {"password": "a", "code": "493027"}, {"code": ""}, {"password": None}, {"assertion": {}}, {"pin": "1"}],
)
async def testExactlyOneProofIsAskedFor(server: AuthServer, client: AsyncClient, proof: dict[str, str]) -> None:
    headers = await server.signIn(client, await server.register(client))
    assert (await reauthenticate(client, proof, headers)).status_code == 422


async def testNobodySignedInHasNothingToProve(client: AsyncClient) -> None:
    assert (await reauthenticate(client, {"password": "anything"}, {})).status_code == 401


async def testOfTwentyEqualCodesOneWins(server: AuthServer, client: AsyncClient) -> None:
    who = await guarded(server, client)
    tokens = (await answerWith(client, await challengeOf(client, who.person, "api"), who.app.nextCode())).json()
    headers = bearer(tokens["tokens"]["accessToken"])
    client.cookies.clear()
    code = {"code": who.app.nextCode()}
    answers = await asyncio.gather(*(reauthenticate(client, code, headers) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19


# ── The old secret ───────────────────────────────────────────────────────────────────────────────────────────────


async def renew(server: AuthServer, client: AsyncClient, how: str, headers: Mapping[str, str]) -> Response:
    """Each call after which a browser's session goes on under another secret."""
    if how == "reauthentication":
        return await reauthenticate(client, {"password": PASSWORD}, headers)
    if how == "password":
        change = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
        return await client.post("/api/auth/password/change", json=change, headers=headers)
    app = await enroll(server, client, headers)
    return await confirm(client, app.code(), headers)


HOW: Final = ("reauthentication", "password", "factor")


@pytest.mark.parametrize("how", HOW)
async def testTheOldSecretIsDeadAtOnce(server: AuthServer, client: AsyncClient, how: str) -> None:
    headers = await server.signIn(client, await server.register(client))
    session = (await client.get("/api/auth/sessions")).json()["items"][0]["id"]
    old = client.cookies[COOKIE]
    assert (await renew(server, client, how, headers)).is_success
    assert not await isAccepted(server, old)
    assert (await client.get("/api/auth/me")).status_code == 200
    assert client.cookies[COOKIE] != old
    assert (await client.get("/api/auth/sessions")).json()["items"][0]["id"] == session
    await server.resources.redis.flushAll()
    assert not await isAccepted(server, old)
    assert (await client.get("/api/auth/me")).status_code == 200


async def testTheNewCookieLastsAsLongAsTheSession(server: AuthServer, client: AsyncClient) -> None:
    headers = await server.signIn(client, await server.register(client))
    server.clock.ahead += timedelta(days=10)
    answer = await renew(server, client, "reauthentication", headers)
    seconds = int(answer.headers["set-cookie"].lower().partition("max-age=")[2].partition(";")[0])
    assert timedelta(days=20) - timedelta(seconds=seconds) < timedelta(minutes=1)


@pytest.mark.parametrize("isFlushed", [False, True], ids=["with Redis", "with Redis flushed at that moment"])
async def testReadersAtTheSameMomentNeverBringTheOldSecretBack(
    server: AuthServer, client: AsyncClient, isFlushed: bool
) -> None:
    person = await server.register(client)
    for _ in range(15):
        headers = await server.signIn(client, person)
        old = client.cookies[COOKIE]
        async with AsyncExitStack() as stack:
            readers = [await stack.enter_async_context(server.browser()) for _ in range(8)]
            for reader in readers:
                reader.cookies.set(COOKIE, old)
            await server.resources.redis.flushAll()
            reads = [reader.get("/api/auth/me") for reader in readers]
            flush = [server.resources.redis.flushAll()] if isFlushed else []
            proving = asyncio.create_task(reauthenticate(client, {"password": person.password}, headers))
            await asyncio.gather(*reads[:4], *flush, *reads[4:])
            answer = await proving
            assert answer.status_code == 200
            left = [(await reader.get("/api/auth/me")).status_code for reader in readers]
            assert left == [401] * 8


def cutOff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis stops answering, with all its copies in it."""

    async def unavailable(*_: object, **__: object) -> NoReturn:
        raise RedisUnavailableError("the cache did not answer")

    for name in ("get", "run", "set", "delete"):
        monkeypatch.setattr(RedisClient, name, unavailable)


@pytest.mark.parametrize("how", HOW)
async def testWithoutRedisTheNewSecretIsHandedOutAndTheEndOfTheOldIsPending(
    server: AuthServer, client: AsyncClient, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    headers = await server.signIn(client, await server.register(client))
    assert (await client.get("/api/auth/me")).status_code == 200
    old = client.cookies[COOKIE]
    with monkeypatch.context() as away:
        cutOff(away)
        pending = await renew(server, client, how, headers)
        assert (pending.status_code, codeOf(pending)) == (503, "auth.revocationPending")
        assert pending.headers["content-type"] == "application/problem+json"
        assert "Retry-After" in pending.headers
        assert client.cookies[COOKIE] != old
        assert (await client.get("/api/auth/me")).status_code == 200
        assert not await isAccepted(server, old), "PostgreSQL knows"
    server.clock.ahead += timedelta(seconds=10)
    await server.runJobs()
    await asyncio.sleep(1.1)  # for so long Redis is left alone after a failure
    assert not await isAccepted(server, old)
    assert (await client.get("/api/auth/me")).status_code == 200


async def testOtherSessionsStayWhenOneIsProvenAgain(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    headers = await server.signIn(client, person)
    async with server.browser() as other:
        await login(other, person)
        assert (await renew(server, client, "reauthentication", headers)).status_code == 200
        assert (await other.get("/api/auth/me")).status_code == 200


async def testASessionThatEndedMeanwhileIsNotRenewed(server: AuthServer, client: AsyncClient) -> None:
    """The check of the password takes a while; who was signed out in between stays so."""
    person = await server.register(client)
    headers = await server.signIn(client, person)
    async with server.browser() as other:
        ender = await server.signIn(other, person)
        proof = {"password": person.password}
        answer, ended = await asyncio.gather(
            reauthenticate(client, proof, headers), other.delete("/api/auth/sessions", headers=ender)
        )
    assert ended.status_code == 204
    assert answer.status_code in {200, 401}
    assert (await client.get("/api/auth/me")).status_code == 401


# ── Guessing the password with a stolen session ──────────────────────────────────────────────────────────────────


async def guess(client: AsyncClient, headers: Mapping[str, str], how: str = "reauthentication") -> Response:
    if how == "password":
        change = {"currentPassword": "a wrong one, said by a thief", "newPassword": NEW_PASSWORD}
        return await client.post("/api/auth/password/change", json=change, headers=headers)
    return await reauthenticate(client, {"password": "a wrong one, said by a thief"}, headers)


async def testAThiefOfASessionWaitsLongerAndLongerAndThenLosesIt(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    headers = await server.signIn(client, person)
    server.clock.hold()
    for how in ("reauthentication", "password", "reauthentication", "password", "reauthentication"):
        assert codeOf(await guess(client, headers, how)) == "auth.currentPasswordWrong"
    waits = []
    for _ in range(5):
        refused = await guess(client, headers)
        assert (refused.status_code, codeOf(refused)) == (429, "auth.tooManyAttempts")
        waits.append(int(refused.headers["Retry-After"]))
        server.clock.ahead += timedelta(seconds=waits[-1])
        assert codeOf(await guess(client, headers)) == "auth.currentPasswordWrong"
    assert waits == sorted(set(waits))
    assert (await client.get("/api/auth/me")).status_code == 401
    await server.resources.redis.flushAll()
    assert (await client.get("/api/auth/me")).status_code == 401
    async with server.browser() as owner:
        assert (await login(owner, person)).status_code == 200, "the owner feels nothing of it"


async def testOfManyGuessesAtOnceFiveAreMade(server: AuthServer, client: AsyncClient) -> None:
    headers = await server.signIn(client, await server.register(client))
    server.clock.hold()
    answers = await asyncio.gather(*(guess(client, headers) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [403] * 5 + [429] * 15


async def testTheRightPasswordIsForgivenTheWrongOnes(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    headers = await server.signIn(client, person)
    for _ in range(3):
        for _ in range(4):
            assert codeOf(await guess(client, headers)) == "auth.currentPasswordWrong"
        assert (await reauthenticate(client, {"password": person.password}, headers)).status_code == 200
        headers = await csrfHeaders(client)
