"""Hashing at its limit: whoever finds no place is told at once, known devices find one, and sessions are not slowed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from statistics import quantiles
from typing import Final

import pytest
from httpx import AsyncClient, Response

from conftest import DatabaseUrls
from KAuthApp.backend.tests.conftest import ONE_ADDRESS_IS_NO_ATTACK
from KAuthApp.backend.tests.defence import ownerOf, stranger, tryWith
from KAuthApp.backend.tests.harness import (
    NEW_PASSWORD,
    PASSWORD,
    AuthServer,
    AuthTestSettings,
    Person,
    anEmail,
    login,
    runServer,
)

MOST_SECONDS: Final = 0.1
WAITING: Final = 8


@pytest.fixture(scope="module")
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    slow = {"hashMemoryKib": 65_536, "hashIterations": 2, "hashThreads": 1, "hashWaiting": WAITING}
    settings = AuthTestSettings.model_validate({**serverEnvironment, **ONE_ADDRESS_IS_NO_ATTACK, **slow})
    async with runServer(settings, database.superuser) as running:
        yield running


@asynccontextmanager
async def fullPool(server: AuthServer) -> AsyncIterator[None]:
    """Strangers take every place they can get, and take it again."""

    async def hashOn() -> None:
        while True:
            try:
                await server.resources.crypto.hashPassword(PASSWORD)
            except Exception:  # noqa: BLE001 - no place: this is what the crowd is for
                await asyncio.sleep(0.002)

    crowd = [asyncio.create_task(hashOn()) for _ in range(3 * WAITING)]
    await asyncio.sleep(0.1)
    try:
        yield
    finally:
        for each in crowd:
            each.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)


async def timed(call: AsyncClient, path: str, body: dict[str, str]) -> tuple[Response, float]:
    startedAt = time.perf_counter()
    answer = await call.post(path, json=body)
    return answer, time.perf_counter() - startedAt


@pytest.mark.alone
async def testWithoutAPlaceTheAnswerComesAtOnce(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    calls = [
        ("/api/auth/login", {"email": person.email, "password": PASSWORD}),
        ("/api/auth/login", {"email": anEmail(), "password": PASSWORD}),
        ("/api/auth/register", {"email": anEmail(), "password": PASSWORD}),
    ]
    async with stranger(server) as browser, fullPool(server):
        for path, body in calls:
            told = [await timed(browser, path, body) for _ in range(7)]
            refused = [(answer, seconds) for answer, seconds in told if answer.status_code == 503]
            assert len(refused) >= 4, [answer.status_code for answer, _ in told]
            assert all(answer.json()["code"] == "crypto.hashPoolFull" for answer, _ in refused)
            assert all(int(answer.headers["Retry-After"]) >= 1 for answer, _ in refused)
            assert sorted(seconds for _, seconds in refused)[len(refused) // 2] < MOST_SECONDS


async def testARefusalForWantOfAPlaceCountsAgainstNobody(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with stranger(server) as browser:
        async with fullPool(server):
            for _ in range(12):
                if (await tryWith(browser, person.email, NEW_PASSWORD)).status_code == 401:
                    break
        assert (await tryWith(browser, person.email, PASSWORD)).status_code == 200


async def testADeviceThatIsKnownFindsAPlace(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with ownerOf(server, person) as owner, fullPool(server):
        for _ in range(5):
            assert (await login(owner, person)).status_code == 200


@pytest.mark.alone
async def testSessionsAreCheckedAsFastAsBefore(server: AuthServer, client: AsyncClient) -> None:
    """
    The slowest twentieth may not take three times as long: enough to notice hashing that holds the interpreter or the
    loop (a hundred times as long). `scripts/bench auth` has the exact figure.
    """
    person = await server.register(client)
    await server.signIn(client, person)

    async def slowest() -> float:
        seconds = []
        for _ in range(300):
            startedAt = time.perf_counter()
            assert (await client.get("/api/auth/me")).status_code == 200
            seconds.append(time.perf_counter() - startedAt)
        return quantiles(seconds, n=20)[-1]

    calm, crowded = [], []
    for _ in range(3):
        calm.append(await slowest())
        async with fullPool(server):
            crowded.append(await slowest())
    assert min(crowded) < 3 * min(calm) + 0.005


async def testAPepperIsChangedWithoutLockingAnybodyOut(
    serverEnvironment: dict[str, object], database: DatabaseUrls
) -> None:
    """Who signs in gets a hash under the pepper of today; then the one before may be forgotten."""
    cheap = {**serverEnvironment, **ONE_ADDRESS_IS_NO_ATTACK, "hashMemoryKib": 64, "hashIterations": 1}
    first, second = "p" * 40, "q" * 40
    hashes: list[Mapping[str, object]] = []
    person = Person(anEmail())
    for pepper, older in (("", ""), (first, ""), (second, first), (second, "")):
        rotated = {**cheap, "passwordPepper": pepper, "passwordOlderPeppers": older}
        async with runServer(AuthTestSettings.model_validate(rotated), database.superuser) as running:
            async with stranger(running) as browser:
                if not hashes:
                    await running.register(browser, person.email)
                assert (await login(browser, person)).status_code == 200
            hashes += await running.rows("SELECT password_hash FROM user_account WHERE email = :e", e=person.email)
    stored = [str(row["password_hash"]) for row in hashes]
    assert "keyid=" not in stored[0]
    assert stored[1] != stored[2] == stored[3]
    assert all("keyid=" in each for each in stored[1:])


async def testAPepperThatWasForgottenTooEarlyLooksLikeAWrongPasswordAndTheLogSaysWhatIsMissing(
    serverEnvironment: dict[str, object], database: DatabaseUrls, capsys: pytest.CaptureFixture[str]
) -> None:
    cheap = {**serverEnvironment, **ONE_ADDRESS_IS_NO_ATTACK, "hashMemoryKib": 64, "hashIterations": 1}
    person = Person(anEmail())
    for pepper, older, expected in (("p" * 40, "", 200), ("q" * 40, "", 401), ("q" * 40, "p" * 40, 200)):
        rotated = {**cheap, "passwordPepper": pepper, "passwordOlderPeppers": older}
        async with (
            runServer(AuthTestSettings.model_validate(rotated), database.superuser) as running,
            stranger(running) as browser,
        ):
            if not older and expected == 200:
                await running.register(browser, person.email)
            answer = await login(browser, person)
            assert answer.status_code == expected, answer.text
    assert "PASSWORD_OLDER_PEPPERS" in capsys.readouterr().out
