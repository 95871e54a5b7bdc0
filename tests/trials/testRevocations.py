"""After the answer to a revocation nothing accepts the credential: under load, at every door, whatever Redis does."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Sequence
from typing import Final

import pytest

from scripts.benchmarks.wire import Headers, Wire
from shared.backend.http.credentials import hashCredential
from tests.support.people import Administrator
from tests.support.planted import Planter, cookieHeaders
from tests.support.runningStack import RunningStack
from tests.trials.hammer import Door
from tests.trials.revocations import KINDS, Case, Ground
from tests.trials.revoking import ensureDead, revoke, revokeInTrouble
from tests.trials.scale import asManyAs
from tests.trials.steadyLoad import SteadyLoad
from tests.trials.troubles import TROUBLES, Trouble, troubled

pytestmark = [pytest.mark.stack, pytest.mark.long]

REVOCATIONS: Final = asManyAs(full=1000, default=4)
IN_TROUBLE: Final = asManyAs(full=334, default=1)
LANES: Final = asManyAs(full=4, default=1)
LANES_IN_TROUBLE: Final = asManyAs(full=24, default=4)
LOAD_PER_SECOND: Final = 200
# What must be reached for a full trial to count; a machine that does other things too is no reason to fail.
LEAST_LOAD: Final = asManyAs(full=190, default=1)
BYSTANDERS: Final = 50
# So few are planted at once that the last of them is used before its token has ended by itself.
PLANTED_AT_ONCE: Final = 100
# Of each kind; a trouble makes every revocation slower.
TROUBLED_AT_ONCE: Final = 12
ME: Final = "/api/auth/me"
CHECK: Final = "/api/auth/session"
OUTBOX_S: Final = 15.0
ENDING_KEYS: Final = ("erased", "suspended", "emailReverted")
ENDING_ALL: Final = (
    *ENDING_KEYS,
    "allOthers",
    "passwordChanged",
    "passwordReset",
    "emailChanged",
    "passkeyRemoved",
    "factorsReset",
    "recoveryCodesRenewed",
    "endedByAdministrator",
)
NEW_SECRET: Final = "UPDATE user_session SET secret_hash = $2 WHERE id = $1"
# The program's session, and the key: as any change leaves them whose word Redis did not hear.
UNHEARD_SESSION: Final = (
    "UPDATE user_session SET ended_at = now(), end_reason = 'refreshReused' WHERE user_id = $1 AND client = 'api'"
)
UNHEARD_KEY: Final = "UPDATE api_key SET revoked_at = now() WHERE user_id = $1"


@pytest.fixture(name="ground", scope="module")
def findGround(stack: RunningStack, planter: Planter, administrator: Administrator) -> Ground:
    gateway, server = stack.endpoints.gateway, stack.endpoints.publicServer
    return Ground(planter, administrator, gateway, [Door(gateway, CHECK), Door(gateway, ME), Door(server, CHECK)])


@pytest.fixture(name="bystanders", scope="module")
async def plantBystanders(planter: Planter) -> Sequence[Headers]:
    """People who have nothing to do with any of it, and are signed in all the time."""
    return [one.headers for one in await planter.browsers(await planter.accounts(BYSTANDERS))]


@pytest.mark.parametrize("kind", KINDS)
async def testNothingIsAcceptedAfterItsRevocation(ground: Ground, bystanders: Sequence[Headers], kind: str) -> None:
    async with SteadyLoad(ground.gateway, ME, bystanders, LOAD_PER_SECOND) as load:
        for done in range(0, REVOCATIONS, PLANTED_AT_ONCE):
            cases = await plant(ground, kind, min(PLANTED_AT_ONCE, REVOCATIONS - done))
            await asyncio.gather(*(revokeAll(ground, cases[lane::LANES]) for lane in range(LANES)))
    assert set(load.statuses) == {200}, "somebody else was disturbed"
    assert load.perSecond >= LEAST_LOAD


@pytest.mark.parametrize("kind", ENDING_ALL)
async def testItTakesAlongWhatHadEndedUnheard(ground: Ground, kind: str) -> None:
    """Another change has ended a session while Redis was away: who is told now that all are over may believe it."""
    owners = await ground.planter.accounts(1)
    case = (await KINDS[kind](ground, owners))[0]
    async with Wire(ground.gateway) as wire:
        for credential in case.dying:
            assert (await wire.ask("GET", CHECK, credential)).isAccepted
        await ground.planter.execute(UNHEARD_SESSION, owners[0].id)
        if kind in ENDING_KEYS:
            await ground.planter.execute(UNHEARD_KEY, owners[0].id)
        for credential in case.dying:
            assert (await wire.ask("GET", CHECK, credential)).isAccepted, "nobody was told"
    answer = await case.request.send(ground.gateway)
    assert answer.isAccepted, answer.text
    await ensureDead(ground, case)


async def testASecretGivenUpUnheardDiesWithTheOthers(ground: Ground) -> None:
    """The session of the browser that asks goes on under a new secret; of the one before Redis was not told."""
    (given,) = await ground.planter.browsers(await ground.planter.accounts(1))
    async with Wire(ground.gateway) as wire:
        assert (await wire.ask("GET", CHECK, given.headers)).isAccepted
        newSecret = secrets.token_urlsafe(32)
        await ground.planter.execute(NEW_SECRET, given.id, hashCredential(newSecret))
        assert (await wire.ask("GET", CHECK, given.headers)).isAccepted, "nobody was told"
        answer = await wire.ask("DELETE", "/api/auth/sessions", cookieHeaders(newSecret))
        assert answer.isAccepted, answer.text
        assert (await wire.ask("GET", CHECK, given.headers)).status == 401


@pytest.mark.parametrize("trouble", TROUBLES)
async def testNorWhileRedisIsInTrouble(
    stack: RunningStack, ground: Ground, bystanders: Sequence[Headers], trouble: str
) -> None:
    for done in range(0, IN_TROUBLE, TROUBLED_AT_ONCE):
        count = min(TROUBLED_AT_ONCE, IN_TROUBLE - done)
        cases = [case for kind in KINDS for case in await plant(ground, kind, count)]
        async with SteadyLoad(ground.gateway, ME, bystanders, LOAD_PER_SECOND) as load:
            unanswered = await revokeAllIn(stack, ground, TROUBLES[trouble], cases)
        assert load.statuses[200] > 0
        assert load.statuses[401] == 0, "a lost Redis logs nobody out"
        assert unanswered < len(cases)
        await asyncio.gather(*(untilDead(ground, case) for case in cases))


async def revokeAllIn(stack: RunningStack, ground: Ground, trouble: Trouble, cases: Sequence[Case]) -> int:
    """How many were never said to be done."""
    async with troubled(stack, trouble):
        lanes = (revokeLaneInTrouble(ground, cases[lane::LANES_IN_TROUBLE]) for lane in range(LANES_IN_TROUBLE))
        return sum(await asyncio.gather(*lanes))


async def plant(ground: Ground, kind: str, count: int) -> Sequence[Case]:
    return (await KINDS[kind](ground, await ground.planter.accounts(count)))[:count]


async def revokeAll(ground: Ground, cases: Sequence[Case]) -> None:
    for case in cases:
        await revoke(ground, case)


async def revokeLaneInTrouble(ground: Ground, cases: Sequence[Case]) -> int:
    return [await revokeInTrouble(ground, case) for case in cases].count(False)


async def untilDead(ground: Ground, case: Case) -> None:
    """What could not be said at once is done soon after Redis is back, by the outbox."""
    deadline = time.monotonic() + OUTBOX_S
    while time.monotonic() < deadline:
        with contextlib.suppress(AssertionError):
            await ensureDead(ground, case)
            break
        await asyncio.sleep(1)
    await ensureDead(ground, case)
