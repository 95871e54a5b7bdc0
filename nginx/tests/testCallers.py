"""Who a caller is for the gateway: never somebody else than for the servers, and never at the price of a worker."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from http import HTTPStatus

import httpx
import pytest
from fastapi import Request
from redis.asyncio import Redis

from nginx.tests.gatewayUnderTest import (
    DECIDED_WITHIN_S,
    GatewayUnderTest,
    aPolicy,
    exchangeRaw,
    request,
    untilAnswered,
)
from shared.backend.http.credentials import credentialFrom

PATH = "/api/auth/limited"
KEY = "A" * 43
# the script counts from here
COUNTED_SINCE = 1_700_000_000
ANN = f"kSession={KEY}"
Headers = Sequence[tuple[str, str]]


@pytest.mark.parametrize(
    "header",
    [
        ("Cookie", f"x{' ' * 300}kSession"),
        ("Cookie", f"{'a ' * 300}kSession"),
        ("Cookie", f"kSession=a{' ' * 7000}b; c"),
        ("Cookie", f'kSession="{chr(92) * 7000}"'),
        ("Cookie", f"{';' * 7000}kSession={'=' * 500}"),
        ("Authorization", f"Bearer a{' ' * 7000}b"),
    ],
)
async def testNoHeaderKeepsAWorkerBusy(gateway: GatewayUnderTest, header: tuple[str, str]) -> None:
    await gateway.publish(aPolicy(limit=1000, scope="user"))
    answer = await exchangeRaw(gateway.ports.gateway, request("GET", PATH, [header]), seconds=5)
    assert answer.startswith(b"HTTP/1.1 200 "), "the worker is still thinking"


SPELLINGS: Sequence[Headers] = [
    [("Cookie", ANN)],
    [("Cookie", f'kSession="{KEY}"')],
    [("Cookie", f'kSession="\\101{KEY[1:]}"')],
    [("Cookie", f'kSession="\\A{KEY[1:]}"')],
    [("Cookie", f'kSession="\\\\101{KEY[1:]}"')],
    [("Cookie", f'kSession="{KEY}\\"')],
    [("Cookie", f'kSession="{KEY}')],
    [("Cookie", f'kSession={KEY}"')],
    [("Cookie", f"kSession={KEY}\xa0")],
    [("Cookie", f"theme=dark; kSession={KEY}\x85")],
    [("Cookie", f"\xa0kSession = {KEY}")],
    [("Cookie", f"a; =b; ;kSession={KEY};")],
    [("Cookie", f"kSession={KEY}=")],
    [("Cookie", f"xkSession={KEY}; kSessionx={KEY}; kSession")],
    [("Cookie", f"{ANN}; kSession=other")],
    [("Cookie", f"kSession=other; {ANN}")],
    [("Cookie", f"{ANN}; kSession=")],
    [("Cookie", ANN), ("Cookie", "kSession=other")],
    [("Cookie", "kSession=other"), ("Cookie", ANN)],
    [("Authorization", f"Bearer {KEY}")],
    [("Authorization", f"bEARER   {KEY}\xa0")],
    [("Authorization", f"Bearer\xa0{KEY}")],
    [("Authorization", f"Bearer{KEY}")],
    [("Authorization", "Bearer other"), ("Cookie", ANN)],
    [("Authorization", "Bearer \xa0"), ("Cookie", ANN)],
    [("Authorization", f"Bearer {'x' * 4097}"), ("Cookie", ANN)],
    [("Authorization", f"Basic {KEY}"), ("Cookie", ANN)],
]


def hashForTheServers(headers: Headers) -> str:
    raw = [(name.lower().encode(), value.strip(" ").encode("latin-1")) for name, value in headers]
    credential = credentialFrom(Request({"type": "http", "headers": raw}), "kSession")
    return credential.hash if credential else ""


async def testWhoIsAUserForTheServersIsThatUserHere(gateway: GatewayUnderTest) -> None:
    await gateway.publish(aPolicy(limit=100, scope="user"))
    await gateway.remember(KEY, "ann")
    theirs = hashlib.sha256(KEY.encode()).hexdigest()
    async with gateway.redis() as redis:
        for headers in SPELLINGS:
            answer = await exchangeRaw(gateway.ports.gateway, request("GET", PATH, headers))
            assert answer.startswith(b"HTTP/1.1 200 "), headers
            counted = [key async for key in redis.scan_iter("rate_limit:*")]
            who = "user:ann" if hashForTheServers(headers) == theirs else "ip:127.0.0.1"
            assert counted == [f"rate_limit:{who}:p1"], headers
            await redis.delete(*counted)


async def testWhoIsKnownAgainDoesNotWaitForTheAddress(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    await gateway.publish(aPolicy(id="again", limit=1, windowSeconds=600, scope="user"))
    headers = {"Cookie": f"kSession={'B' * 43}"}
    assert (await client.get(PATH)).status_code == HTTPStatus.OK
    for _ in range(3):
        # without a copy the user counts for the address, whose limit is reached
        assert (await client.get(PATH, headers=headers)).status_code == HTTPStatus.TOO_MANY_REQUESTS
    await gateway.remember("B" * 43, "bea")
    assert await untilAnswered(client, PATH, HTTPStatus.OK, headers, seconds=10), "refused for as long as the address"


async def testTokensTakenAheadComeBackToWhomTheyCameFrom(gateway: GatewayUnderTest) -> None:
    """Some are lost when Redis does not answer in time, as on a busy machine; then it is tried once more."""
    await gateway.publish(aPolicy(id="ahead", limit=2000, windowSeconds=86400, scope="user"))
    attempts, deadline = 0, time.monotonic() + DECIDED_WITHIN_S
    while not await areAllBack(gateway, f"cat{attempts}"):
        attempts += 1
        assert time.monotonic() < deadline, "they never came back"
    async with gateway.redis() as redis:
        assert not await redis.exists("rate_limit:ip:127.0.0.1:ahead"), "given back to somebody else"


async def areAllBack(gateway: GatewayUnderTest, user: str) -> bool:
    """Whether a user is charged for exactly as many requests as were made, soon after the last one."""
    await gateway.remember(user, user)
    limits = httpx.Limits(max_connections=40)
    headers = {"Cookie": f"kSession={user}"}
    async with httpx.AsyncClient(base_url=gateway.url, limits=limits, timeout=30) as client:
        answers = await asyncio.gather(*(client.get(PATH, headers=headers) for _ in range(400)))
    assert {answer.status_code for answer in answers} == {HTTPStatus.OK}
    deadline = time.monotonic() + 2
    async with gateway.redis() as redis:
        while (charged := await chargedTo(redis, f"rate_limit:user:{user}:ahead", 86400 / 2000)) > len(answers):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.05)
    return charged == len(answers)


async def chargedTo(redis: Redis, key: str, secondsAToken: float) -> int:
    """How many tokens a bucket lacks by now."""
    seconds, microseconds = await redis.time()
    fullAt = float(await redis.get(key) or 0) / 1_000_000
    return round((fullAt - (seconds - COUNTED_SINCE + microseconds / 1_000_000)) / secondsAToken)
