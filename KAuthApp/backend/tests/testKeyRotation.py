"""Signing keys change while requests flow, and no token is refused for it, here or elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from httpx import AsyncClient, Response
from joserfc import jwt
from joserfc.jwk import KeySet

from conftest import DatabaseUrls
from KAuthApp.backend.tests.harness import AuthServer, AuthTestSettings, Person, bearer, login, runServer
from KAuthApp.backend.tests.testTokens import JWKS, partsOf

STEP = timedelta(seconds=20)
LIFETIME = timedelta(minutes=10)
STEPS_OF_A_CHAIN = 12
LATER = timedelta(hours=3)  # than any key of the other test


@dataclass
class Place:
    """One of several servers on the same database, and a program that calls it."""

    server: AuthServer
    client: AsyncClient


class Elsewhere:
    """A service of its own that verifies tokens offline and keeps the key set for as long as it may."""

    def __init__(self, place: Place) -> None:
        self._place, self._keys, self._until = place, KeySet([]), place.server.clock.now()

    async def verify(self, token: str) -> None:
        now = self._place.server.clock.now()
        if now >= self._until:
            answer = await self._place.client.get(JWKS)
            self._keys = KeySet.import_key_set(answer.json())
            self._until = now + timedelta(seconds=int(answer.headers["Cache-Control"].rpartition("=")[2]))
        jwt.decode(token, self._keys, algorithms=["ES256"])


@pytest.fixture
async def places(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[Sequence[Place]]:
    settings = AuthTestSettings.model_validate(serverEnvironment)
    async with AsyncExitStack() as stack:
        opened = []
        for _ in range(2):
            server = await stack.enter_async_context(runServer(settings, database.superuser))
            opened.append(Place(server, await stack.enter_async_context(server.browser())))
        yield opened


class Traffic:
    """Programs that refresh their tokens in turns and show every live token to the server that did not issue it."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places
        self._chains: list[str] = []
        self._live: list[tuple[str, int, datetime]] = []
        self.kids: set[object] = set()
        self.checked = 0

    async def begin(self, person: Person, programs: int) -> None:
        for number in range(programs):
            answer = await login(self._places[number % 2].client, person, "api")
            self._chains.append(answer.json()["tokens"]["refreshToken"])

    async def flow(self, step: int, elsewhere: Elsewhere) -> None:
        now = self._places[0].server.clock.now()
        self._live = [each for each in self._live if each[2] > now]
        offline = [elsewhere.verify(token) for token, _, _ in self._live]
        checks = [self._check(token, 1 - issuer) for token, issuer, _ in self._live]
        turns = [number for number in range(len(self._chains)) if (step + number) % STEPS_OF_A_CHAIN == 0]
        await asyncio.gather(*offline, *checks, *(self._refresh(number, (step + number) % 2) for number in turns))

    async def _check(self, token: str, place: int) -> None:
        answer = await self._places[place].client.get("/api/auth/session", headers=bearer(token))
        assert answer.status_code == 200, partsOf(token)
        self.checked += 1

    async def _refresh(self, number: int, place: int) -> None:
        body = {"refreshToken": self._chains[number]}
        answer: Response = await self._places[place].client.post("/api/auth/token/refresh", json=body)
        assert answer.status_code == 200, answer.text
        self._chains[number], token = answer.json()["refreshToken"], str(answer.json()["accessToken"])
        self._live.append((token, place, self._places[place].server.clock.now() + LIFETIME - STEP / 2))
        self.kids.add(partsOf(token)[0]["kid"])


async def testNoTokenIsRefusedWhileKeysChange(places: Sequence[Place]) -> None:
    """An hour in steps of 20 seconds. Redis loses everything at each, so that a token counts by its signature."""
    first = places[0].server
    traffic, elsewhere = Traffic(places), Elsewhere(places[0])
    await traffic.begin(await first.register(places[0].client), programs=6)
    for step in range(180):
        for place in places:
            place.server.clock.ahead = step * STEP
        await first.resources.redis.flushAll()
        isChange = step % 40 == 5
        await asyncio.gather(
            traffic.flow(step, elsewhere),
            *([places[step % 2].server.service.rotateSigningKeys.execute()] if isChange else []),
        )
    assert len(traffic.kids) >= 4, "keys did change"
    assert traffic.checked > 1_000


async def testTwoWhoRotateAtOnceLeaveAKeyThatSigns(places: Sequence[Place]) -> None:
    """However the commands race, each moment has a key that signs and every verifier knows it in time."""
    first = places[0]
    person = await first.server.register(first.client)
    for place in places:
        place.server.clock.ahead = LATER
    made = await asyncio.gather(*(place.server.service.rotateSigningKeys.execute() for place in [*places, *places]))
    elsewhere, token = Elsewhere(first), ""
    for minutes in range(0, 25, 2):
        for place in places:
            place.server.clock.ahead = LATER + timedelta(minutes=minutes)
        for place in places:
            token = str((await login(place.client, person, "api")).json()["tokens"]["accessToken"])
            await elsewhere.verify(token)
    assert partsOf(token)[0]["kid"] in made
