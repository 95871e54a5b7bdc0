"""The clock tells nobody whether an address has an owner: the same work is done for every kind of address."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final

import pytest
from httpx import AsyncClient

from conftest import DatabaseUrls
from KAuthApp.backend.tests.clockwork import Difference, Request, differences, likelihood, sample, tellApart
from KAuthApp.backend.tests.defence import stranger
from KAuthApp.backend.tests.harness import (
    NEW_PASSWORD,
    PASSWORD,
    AuthServer,
    AuthTestSettings,
    anEmail,
    runServer,
)

pytestmark = pytest.mark.alone

ROUNDS: Final = 400 if os.environ.get("K_TRIALS") == "full" else 120
ADDRESSES_OF_A_KIND: Final = 12
NEVER: Final = 1_000_000
PLANTED_S: Final = 0.005
# Nothing is asked for after failures: the time of a refusal by itself would hide the time of the work. A hash takes a
# few milliseconds: one more or less is seen, and it does not hide what the database does.
NO_WAITING: Final = {
    "authFailuresBeforeProof": NEVER,
    "authAccountFailuresBeforeProof": NEVER,
    "authAddressFailuresBeforeProof": NEVER,
    "authAddressFailuresBeforeMailCode": NEVER,
    "authFailuresBeforeWaiting": NEVER,
    "authAttackFailuresLately": NEVER,
    "authAttackFailuresToday": NEVER,
    "authOrdersBeforeProof": NEVER,
    "authOrdersToOneBeforeProof": NEVER,
    "authCodesDaily": 1000,
    "hashMemoryKib": 4096,
    "hashIterations": 1,
}
Send = Callable[[AsyncClient, str], Awaitable[object]]


@pytest.fixture(scope="module")
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    settings = AuthTestSettings.model_validate({**serverEnvironment, **NO_WAITING})
    async with runServer(settings, database.superuser) as running:
        yield running


@pytest.fixture(scope="module")
async def addresses(server: AuthServer) -> Mapping[str, list[str]]:
    """So many of each kind that none is tried a hundred times; an unknown one is new each time."""
    async with stranger(server) as client:
        known = [(await server.register(client)).email for _ in range(ADDRESSES_OF_A_KIND)]
        suspended = [(await server.register(client)).email for _ in range(ADDRESSES_OF_A_KIND)]
        unverified = [anEmail() for _ in range(ADDRESSES_OF_A_KIND)]
        for email in unverified:
            await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    await server.rows(
        "UPDATE user_account SET status = 'suspended', suspended_at = now() WHERE email = ANY(:emails)",
        emails=suspended,
    )
    return {"known": known, "unverified": unverified, "suspended": suspended, "unknown": []}


def posting(path: str, **body: str) -> Send:
    return lambda client, email: client.post(f"/api/auth/{path}", json={"email": email, **body})


CALLS: Final[Mapping[str, Send]] = {
    "register": posting("register", password=PASSWORD),
    "login": posting("login", password=NEW_PASSWORD),
    "forgot": posting("password/forgot"),
    "resend": posting("verify-email/resend"),
    "reset": posting("password/reset", code="000000", newPassword=NEW_PASSWORD),
    "verify": posting("verify-email", code="000000"),
    "passkeys": posting("passkeys/authentication/options"),
}


def requests(client: AsyncClient, addresses: Mapping[str, list[str]], send: Send) -> Mapping[str, Request]:
    """One request for each kind of address, each time about the next of them."""

    def toEach(emails: list[str]) -> Request:
        turn = itertools.cycle(emails) if emails else iter(anEmail, "")
        return lambda: send(client, next(turn))

    return {kind: toEach(emails) for kind, emails in addresses.items()}


@pytest.mark.parametrize("call", CALLS)
async def testNoCallTellsTheKindsOfAddressesApart(
    server: AuthServer, addresses: Mapping[str, list[str]], call: str
) -> None:
    async with stranger(server) as client:
        kinds = requests(client, addresses, CALLS[call])
        await sample(kinds, 10)
        assert await tellApart(kinds, ROUNDS) == []


@pytest.mark.parametrize("call", ["login", "forgot"])
async def testFiveMillisecondsMoreForOneKindWouldBeFound(
    server: AuthServer, addresses: Mapping[str, list[str]], call: str
) -> None:
    """What the test above does not find is not there: a planted difference is found, whatever else the machine does."""
    async with stranger(server) as client:
        kinds = dict(requests(client, addresses, CALLS[call]))
        honest = kinds["known"]

        async def slower() -> None:
            await honest()
            await asyncio.sleep(PLANTED_S)

        kinds["known"] = slower
        told: list[Difference] = []
        for rounds in (ROUNDS, 3 * ROUNDS, 9 * ROUNDS):
            told = [each for each in differences(await sample(kinds, rounds)) if each.isTold]
            if told:
                break
    assert told
    assert [each for each in told if "known" not in each.kinds] == []


def testTheRankTestSaysWhatIsWorkedOutByHand() -> None:
    """U = 0, z = (12.5 - 0.5) / sqrt(275 / 12); and with three groups of equals U = 8, z = 6.5 / sqrt(28.7727)."""
    assert likelihood(range(1, 6), range(6, 11)) == pytest.approx(0.0121858, abs=1e-7)
    assert likelihood([1, 2, 2, 3, 5], [2, 3, 3, 4, 4, 6]) == pytest.approx(0.225598, abs=1e-6)
    assert likelihood([1.0] * 5, [1.0] * 7) == 1.0


def testEqualsAreSeldomCalledDifferent() -> None:
    numbers = random.Random(4711)
    told = 0
    for _ in range(400):
        first, second = ([numbers.expovariate(1) for _ in range(60)] for _ in range(2))
        told += likelihood(first, second) < 0.05
    assert 8 <= told <= 34
