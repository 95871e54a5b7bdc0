"""Revokes while every credential concerned is used without a pause, and judges what came after the answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from scripts.benchmarks.wire import Answer, Headers, Wire
from tests.support.planted import cookieHeaders
from tests.trials.hammer import Hammer
from tests.trials.revocations import Case, Ground

STRIKES_AFTER: Final = 5
REFRESH: Final = "/api/auth/token/refresh"
UNAUTHENTICATED: Final = 401
SESSION_COOKIE: Final = "kSession="
GIVING_UP_S: Final = 30.0
# What a server may say while Redis is away: the truth is written, and the rest is tried again.
NOT_YET: Final = frozenset({502, 503, 504})


async def revoke(ground: Ground, case: Case) -> None:
    """One revocation in calm: from its answer on every use is refused, and who is not meant stays signed in."""
    async with _underHammers(ground, case) as hammers:
        answer = await case.request.send(ground.gateway)
        assert answer.isAccepted, answer.text
        await _awaitStrikes(hammers, answer.cameAt)
    assert {strike.status for strike in _late(hammers, answer, case)} == {UNAUTHENTICATED}
    await ensureDead(ground, case)
    await _ensureAlive(ground, _livingAfter(answer, case))


async def revokeInTrouble(ground: Ground, case: Case) -> bool:
    """
    One revocation while Redis is in trouble, asked for until it is said to be done.

    False when no such answer came, because asking again is refused by now: then nothing was promised yet.
    """
    async with _underHammers(ground, case) as hammers:
        answer = await _untilDecided(ground, case)
        if answer.isAccepted:
            await _awaitStrikes(hammers, answer.cameAt)
    if not answer.isAccepted:
        await _ensureAlive(ground, case.living)
        return False
    assert not [strike for strike in _late(hammers, answer, case) if strike.isAccepted], "a revoked one got in"
    await _ensureAlive(ground, _livingAfter(answer, case))
    return True


async def ensureDead(ground: Ground, case: Case) -> None:
    """Refused at every door, and no new tokens for old ones."""
    for door in ground.doors:
        async with Wire(door.baseUrl) as wire:
            answers = [await wire.ask("GET", door.path, credential) for credential in case.dying]
        assert [answer.status for answer in answers] == [UNAUTHENTICATED] * len(case.dying)
    async with Wire(ground.gateway) as wire:
        for token in case.dyingRefresh:
            assert (await wire.ask("POST", REFRESH, body={"refreshToken": token})).status == UNAUTHENTICATED


@asynccontextmanager
async def _underHammers(ground: Ground, case: Case) -> AsyncIterator[Sequence[Hammer]]:
    shown = [*case.dying, *([] if case.asking is None else [case.asking])]
    hammers = [Hammer(door, credential) for credential in shown for door in ground.doors]
    for hammer in hammers:
        hammer.start()
    try:
        await asyncio.gather(*(hammer.awaitAccepted() for hammer in hammers))
        yield hammers
    finally:
        await asyncio.gather(*(hammer.stop() for hammer in hammers))


async def _awaitStrikes(hammers: Sequence[Hammer], after: float) -> None:
    await asyncio.gather(*(hammer.awaitStrikes(STRIKES_AFTER, after) for hammer in hammers))


def _late(hammers: Sequence[Hammer], answer: Answer, case: Case) -> list[Answer]:
    """What was answered to requests that left after the answer, with credentials that were dead by then."""
    dead = [*case.dying, *([case.asking] if case.asking is not None and _newSecret(answer) else [])]
    return [strike for hammer in hammers if hammer.credential in dead for strike in hammer.since(answer.cameAt)]


def _livingAfter(answer: Answer, case: Case) -> Sequence[Headers]:
    """Those that must be good after the answer, the asking browser with what it was given."""
    given = _newSecret(answer)
    if given:
        return [*case.living, cookieHeaders(given)]
    return [*case.living, *([] if case.asking is None else [case.asking])]


def _newSecret(answer: Answer) -> str:
    """The session's secret that the answer brought; nothing when it brought none, or took it away."""
    given = [cookie.partition("=")[2].strip('"') for cookie in answer.cookies if cookie.startswith(SESSION_COOKIE)]
    return given[-1] if given else ""


async def _untilDecided(ground: Ground, case: Case) -> Answer:
    deadline = time.monotonic() + GIVING_UP_S
    while True:
        answer = await case.request.send(ground.gateway)
        if answer.status not in NOT_YET or time.monotonic() > deadline:
            return answer
        await asyncio.sleep(0.2)


async def _ensureAlive(ground: Ground, living: Sequence[Headers]) -> None:
    async with Wire(ground.gateway) as wire:
        for credential in living:
            answer = await wire.ask("GET", ground.doors[0].path, credential)
            assert answer.isAccepted or answer.status in NOT_YET, answer.text
