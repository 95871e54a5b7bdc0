"""Who a caller is for the gateway: never somebody else than for the servers, and never at the price of a worker."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from fastapi import Request

from nginx.tests.gatewayUnderTest import GatewayUnderTest, aPolicy, exchangeRaw, request
from shared.backend.http.credentials import credentialFrom

PATH = "/api/auth/limited"
KEY = "A" * 43
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
