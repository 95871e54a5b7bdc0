"""Twenty requests with the same one-time secret at the same moment: one is let in, whatever the secret is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Final

import pytest

from scripts.benchmarks.wire import Answer, Wire
from tests.support.planted import Planter
from tests.support.runningStack import RunningStack
from tests.trials.administratorsSecrets import ADMINISTRATORS_SECRETS
from tests.trials.oneTimeSecrets import AT_ONCE, SECRETS, Gate, Race
from tests.trials.requests import Request
from tests.trials.scale import asManyAs

pytestmark = pytest.mark.stack

ALL: Final = {**SECRETS, **ADMINISTRATORS_SECRETS}
RACES: Final = asManyAs(full=200, default=4)
TRIES: Final = 100
UNAVAILABLE: Final = 503
REFUSALS: Final = {400, 401, 403, 404, 409, 429}


@pytest.fixture(name="gate", scope="module")
def findGate(stack: RunningStack, planter: Planter) -> Gate:
    return Gate(planter, stack.endpoints.gateway, stack.mailbox)


@pytest.fixture(name="wires", scope="module")
async def openWires(stack: RunningStack) -> AsyncIterator[Sequence[Wire]]:
    """Connections that are there before the race begins."""
    async with AsyncExitStack() as opened:
        yield [await opened.enter_async_context(Wire(stack.endpoints.gateway)) for _ in range(AT_ONCE)]


@pytest.mark.parametrize("kind", ALL)
async def testOfTwentyEqualRequestsOneWins(gate: Gate, wires: Sequence[Wire], kind: str) -> None:
    for owner in await gate.planter.accounts(RACES):
        await run(await ALL[kind](gate, owner), gate, wires)


async def untilHeard(request: Request, wire: Wire) -> Answer:
    """A server that lets nobody wait any longer for the same row has not looked at the secret."""
    answer, tries = await request.sendOver(wire), 1
    while answer.status == UNAVAILABLE and tries < TRIES:
        await asyncio.sleep(0.2)
        answer, tries = await request.sendOver(wire), tries + 1
    return answer


async def run(race: Race, gate: Gate, wires: Sequence[Wire]) -> None:
    assert len(race.requests) == AT_ONCE
    await asyncio.gather(*(wire.ask("GET", "/api/auth/.well-known/jwks.json") for wire in wires))
    pairs = zip(race.requests, wires, strict=True)
    answers = await asyncio.gather(*(untilHeard(request, wire) for request, wire in pairs))
    statuses = Counter("won" if answer.isAccepted else str(answer.status) for answer in answers)
    assert statuses["won"] == 1, statuses
    assert {answer.status for answer in answers if not answer.isAccepted} <= REFUSALS, statuses
    late = [await request.send(gate.gateway) for request in race.late]
    assert not any(answer.isAccepted for answer in late)
