"""Owners, strangers and their work, for tests of what stands between them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from altcha import Challenge, Payload, solve_challenge
from httpx import AsyncClient, Response

from KAuthApp.backend.tests.harness import NEW_PASSWORD, AuthServer, Person, login

DEVICE_COOKIE: Final = "kDevice"
# Hashes and proofs cost next to nothing, so that hundreds of tries are made in a moment; thresholds are the real ones.
CHEAP: Final = {"hashMemoryKib": 8, "hashIterations": 1, "authProofIterations": 1, "authProofRounds": 2}
_addresses = itertools.count(1)


def anAddress() -> str:
    """A client address no other test has."""
    number = next(_addresses)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@asynccontextmanager
async def stranger(server: AuthServer, address: str | None = None) -> AsyncIterator[AsyncClient]:
    """A browser that nobody knows, at an address of its own."""
    async with server.browser(address=address or anAddress()) as client:
        yield client


async def solve(client: AsyncClient, purpose: str = "login") -> str:
    """A proof of work, done."""
    answer = await client.get("/api/auth/proof-of-work", params={"purpose": purpose})
    assert answer.status_code == 200, answer.text
    challenge = Challenge.from_dict(answer.json())
    solution = await asyncio.to_thread(solve_challenge, challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()


async def tryWith(client: AsyncClient, email: str, password: str, proof: str | None = None) -> Response:
    body = {"email": email, "password": password, **({} if proof is None else {"proof": proof})}
    return await client.post("/api/auth/login", json=body)


async def tryHard(client: AsyncClient, email: str, password: str) -> Response:
    """As a page does it: work when work is asked for, then try again."""
    answer = await tryWith(client, email, password)
    if answer.status_code != 403 or answer.json()["code"] != "auth.proofRequired":
        return answer
    return await tryWith(client, email, password, await solve(client))


async def fail(server: AuthServer, email: str, times: int, perAddress: int = 5) -> None:
    """So many wrong passwords at one account, from as many addresses as it takes."""
    left = times
    while left > 0:
        async with stranger(server) as client:
            for _ in range(min(perAddress, left)):
                answer = await tryHard(client, email, NEW_PASSWORD)
                assert answer.status_code == 401, answer.text
        left -= perAddress


@asynccontextmanager
async def ownerOf(server: AuthServer, person: Person) -> AsyncIterator[AsyncClient]:
    """The owner's own browser, which has signed in before."""
    async with stranger(server) as client:
        assert (await login(client, person)).status_code == 200
        assert DEVICE_COOKIE in client.cookies
        client.cookies.delete("kSession")
        yield client


def outcome(answer: Response) -> tuple[int, str, str | None]:
    """What a caller can tell of an answer without reading about anybody."""
    body = answer.json()
    return answer.status_code, str(body.get("code", body.get("status"))), answer.headers.get("Retry-After")
