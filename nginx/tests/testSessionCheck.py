"""Who is behind a credential, answered by the gateway from the servers' copy, and by the server when there is none."""

from __future__ import annotations

import asyncio
import signal
import time
from datetime import UTC, datetime
from secrets import token_urlsafe

import httpx
import pytest

from nginx.tests.gatewayUnderTest import SECRET, GatewayUnderTest, aPolicy

PATH = "/api/auth/session"
USER = "01a1ff1b-8be0-71ff-870f-f0e5dede4f58"
NOW = int(time.time())
WHOLE: dict[str, object] = {
    "sessionId": "01a1ff1b-9fed-768f-bd70-71c9ab22f881",
    "kind": "session",
    "scopes": [],
    "authenticatedAt": NOW,
    "authMethods": ["password"],
    "endsAt": NOW + 86_400,
}


def cookie(secret: str) -> dict[str, str]:
    return {"Cookie": f"kSession={secret}"}


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def isFromServer(answer: httpx.Response) -> bool:
    return "server" in answer.json()


async def askForCopy(client: httpx.AsyncClient, headers: dict[str, str]) -> httpx.Response:
    """A machine that stands still for the 50 ms which Redis has makes the gateway leave it to the server: once more."""
    answer = await client.get(PATH, headers=headers)
    for _ in range(20):
        if answer.status_code != 200 or not isFromServer(answer):
            break
        await asyncio.sleep(0.1)
        answer = await client.get(PATH, headers=headers)
    return answer


async def rememberWhole(gateway: GatewayUnderTest, secret: str, **changes: object) -> None:
    await gateway.remember(secret, USER, "kauth", **{**WHOLE, **changes})


@pytest.fixture
async def session(gateway: GatewayUnderTest) -> str:
    """The secret of a session whose copy is there."""
    await gateway.publish()
    secret = token_urlsafe(32)
    await rememberWhole(gateway, secret)
    return secret


async def testTheCopyAnswersInTheServersWords(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, session: str
) -> None:
    answer = await askForCopy(client, cookie(session))
    assert answer.status_code == 200
    zulu = [datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z") for at in (NOW, NOW + 86_400)]
    assert answer.text == (
        f'{{"userId":"{USER}","sessionId":"{WHOLE["sessionId"]}","kind":"session","roles":[],"scopes":[],'
        f'"authenticatedAt":"{zulu[0]}","expiresAt":"{zulu[1]}"}}'
    )
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.headers["x-request-id"]) == 36


async def testAKeyWithoutAnEndHasItsScopes(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    key = f"kak_{token_urlsafe(32)}"
    changes = {"kind": "apiKey", "scopes": ["payment.read", 'odd"one'], "roles": ["merchant"], "endsAt": None}
    await rememberWhole(gateway, key, **changes)
    answer = (await askForCopy(client, bearer(key))).json()
    assert (answer["kind"], answer["scopes"]) == ("apiKey", ["payment.read", 'odd"one'])
    assert (answer["roles"], answer["expiresAt"]) == (["merchant"], None)


async def testAnAccessTokenIsAnsweredToo(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    await rememberWhole(gateway, "head.body.signature")
    assert not isFromServer(await askForCopy(client, bearer("head.body.signature")))


async def testTheBearerCountsBeforeTheCookie(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, session: str
) -> None:
    """As at the server: a bearer that is nothing is not made up for by a cookie that is something."""
    assert isFromServer(await client.get(PATH, headers={**cookie(session), **bearer("un.kno.wn")}))


@pytest.mark.parametrize(
    "changes",
    [
        {"expiresAt": NOW - 1},
        {"audience": "admin"},
        {"kind": "somethingNew"},
        {"endsAt": "tomorrow"},
        {"scopes": None},
        {"sessionId": 7},
        {"authenticatedAt": None},
    ],
)
async def testACopyThatIsNotWholeIsLeftToTheServer(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, changes: dict[str, object]
) -> None:
    secret = token_urlsafe(32)
    await rememberWhole(gateway, secret, **changes)
    answer = await client.get(PATH, headers=cookie(secret))
    assert isFromServer(answer)
    assert gateway.public.last.valuesOf("X-K-Gateway-Secret") == [SECRET]


async def testACopyOfAnEarlierVersionIsLeftToTheServer(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    secret = token_urlsafe(32)
    await gateway.remember(secret, USER)
    assert isFromServer(await client.get(PATH, headers=cookie(secret)))


async def testWithoutACopyTheServerIsAsked(client: httpx.AsyncClient, gateway: GatewayUnderTest, session: str) -> None:
    """So a flushed Redis signs nobody out."""
    assert not isFromServer(await askForCopy(client, cookie(session)))
    async with gateway.redis() as redis:
        await redis.flushall()
    assert isFromServer(await client.get(PATH, headers=cookie(session)))
    assert isFromServer(await client.get(PATH))


async def testACookieIsNoTokenAndATokenNoCookie(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, session: str
) -> None:
    key = f"kak_{token_urlsafe(32)}"
    for secret in (key, "head.body.signature"):
        await rememberWhole(gateway, secret)
        assert not isFromServer(await askForCopy(client, bearer(secret)))
        assert isFromServer(await client.get(PATH, headers=cookie(secret)))
    assert isFromServer(await client.get(PATH, headers=bearer(session)))


@pytest.mark.parametrize("method", ["HEAD", "POST", "DELETE", "OPTIONS"])
async def testOnlyGetIsAnsweredHere(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, session: str, method: str
) -> None:
    seen = len(gateway.public.received)
    await client.request(method, PATH, headers=cookie(session))
    assert len(gateway.public.received) == seen + 1


async def testAPageOfAnotherSiteIsLeftToTheServer(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, session: str
) -> None:
    """Whether it may read the answer is a setting that the server knows (CORS)."""
    answer = await client.get(PATH, headers={**cookie(session), "Origin": "https://shop.example"})
    assert isFromServer(answer)


async def testARevocationIsFeltByTheNextRequest(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    """Nothing is kept here: when the copy is gone, the next request does not find it."""
    for _ in range(50):
        secret = token_urlsafe(32)
        await rememberWhole(gateway, secret)
        assert not isFromServer(await askForCopy(client, cookie(secret)))
        async with gateway.redis() as redis:
            await redis.flushall()
        answers = await asyncio.gather(*[client.get(PATH, headers=cookie(secret)) for _ in range(5)])
        assert all(isFromServer(answer) for answer in answers)


async def testManyAtOnceEachGetTheirOwn(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    await gateway.publish()
    secrets = [token_urlsafe(32) for _ in range(60)]
    for index, secret in enumerate(secrets[::2]):
        await rememberWhole(gateway, secret, sessionId=f"session-{index}")
    known, unknown = await asyncio.gather(
        asyncio.gather(*[askForCopy(client, cookie(secret)) for secret in secrets[::2]]),
        asyncio.gather(*[client.get(PATH, headers=cookie(secret)) for secret in secrets[1::2]]),
    )
    assert all(isFromServer(answer) for answer in unknown)
    assert [answer.json()["sessionId"] for answer in known] == [f"session-{index}" for index in range(30)]


async def testTheLimitsHoldHereToo(client: httpx.AsyncClient, gateway: GatewayUnderTest, session: str) -> None:
    await gateway.publish(aPolicy(id="check", path=PATH, scope="user", limit=3))
    answers = [await client.get(PATH, headers=cookie(session)) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[0].headers["ratelimit"].startswith('"burst";r=2;')
    assert answers[3].json()["code"] == "gateway.rateLimited"
    await gateway.publish()


async def testRedisThatHangsOrIsGoneLeavesItToTheServer(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, session: str
) -> None:
    for number in (signal.SIGSTOP, signal.SIGKILL):
        gateway.signalRedis(number)
        try:
            startedAt = time.monotonic()
            answers = [await client.get(PATH, headers=cookie(session)) for _ in range(10)]
            assert all(isFromServer(answer) for answer in answers)
            assert time.monotonic() - startedAt < 3
        finally:
            gateway.signalRedis(signal.SIGCONT)
    gateway.killRedis()
    gateway.startRedis()
    await asyncio.sleep(1.2)
    await rememberWhole(gateway, session)
    assert not isFromServer(await askForCopy(client, cookie(session)))


async def testNoSecretIsInTheLog(client: httpx.AsyncClient, gateway: GatewayUnderTest, session: str) -> None:
    await client.get(PATH, headers={**cookie(session), "X-Request-ID": "session-check-1"})
    [line] = [each for each in gateway.logLines() if each["requestId"] == "session-check-1"]
    assert (line["route"], line["status"]) == (PATH, 200)
    assert session not in str(gateway.logLines())
