"""Refreshes at once, with answers that are lost: nobody is signed out by them, and a thief ends one family only."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pytest

from scripts.benchmarks.wire import Answer, Wire
from tests.support.planted import Planted, Planter, bearerHeaders
from tests.support.runningStack import RunningStack
from tests.trials.scale import asManyAs

pytestmark = pytest.mark.stack

ROUNDS: Final = asManyAs(full=1000, default=60)
LANES: Final = 4
MOST_AT_ONCE: Final = 20
COME_BACK: Final = 503
MOST_RETURNS: Final = 5
RETURN_SECONDS: Final = 1.0
REFRESH: Final = "/api/auth/token/refresh"
ME: Final = "/api/auth/me"
TOKENS_OF_FAMILY: Final = "SELECT count(*) FROM refresh_token WHERE session_id = $1"
MAKE_LATE: Final = "UPDATE refresh_token SET used_at = used_at - interval '31 s' WHERE session_id = $1"


@dataclass(frozen=True)
class Round:
    """One family of tokens whose clients all refresh at once, and another family of the same person."""

    number: int
    gateway: str
    planter: Planter
    family: Planted
    sibling: Planted

    async def play(self) -> None:
        chance = random.Random(self.number)
        first = await self.race(self.family.secret, chance)
        second = await self.race(first, chance)
        assert await self.planter.count(TOKENS_OF_FAMILY, self.family.id) == 3, "one successor each"
        await self.steal(self.family.secret if chance.random() < 0.5 else await self.late(second, chance))
        await self.ensureOver(second)
        assert (await self.refresh(self.sibling.secret)).status == 200, "the other family is untouched"

    async def race(self, token: str, chance: random.Random) -> str:
        """Its successor, after two to twenty have refreshed at once, some of them twice since the answer was lost."""
        isLost = [chance.random() < 0.4 for _ in range(chance.randint(2, MOST_AT_ONCE))]
        answers = await asyncio.gather(*(self.refresh(token, isLost=lost) for lost in isLost))
        assert [answer.status for answer in answers] == [200] * len(answers), f"round {self.number} has a victim"
        successors = {str(answer.json()["refreshToken"]) for answer in answers}
        assert len(successors) == 1
        accessToken = str(chance.choice(answers).json()["accessToken"])
        assert (await self.ask("GET", ME, accessToken)).status == 200
        return successors.pop()

    async def refresh(self, token: str, *, isLost: bool = False) -> Answer:
        """The tokens; when the first answer is lost, what comes to the second try. Who is told to come back does."""
        body = {"refreshToken": token}
        async with Wire(self.gateway) as wire:
            if isLost:
                # one that is still under way when the successor is spent would be a late reuse, as a thief's is
                await wire.sendAndLose("POST", REFRESH, body=body)
            answer = await wire.ask("POST", REFRESH, body=body)
            for _ in range(MOST_RETURNS):
                if answer.status != COME_BACK:
                    return answer
                await asyncio.sleep(RETURN_SECONDS)
                answer = await wire.ask("POST", REFRESH, body=body)
            return answer

    async def late(self, token: str, chance: random.Random) -> str:
        """The token again, after its successor was handed out and the time for asking again is over."""
        await self.race(token, chance)
        await self.planter.execute(MAKE_LATE, self.family.id)
        return token

    async def steal(self, token: str) -> None:
        refused = await self.refresh(token)
        assert (refused.status, refused.code) == (401, "auth.refreshReused")

    async def ensureOver(self, newest: str) -> None:
        assert (await self.refresh(newest)).status == 401

    async def ask(self, method: str, path: str, accessToken: str) -> Answer:
        async with Wire(self.gateway) as wire:
            return await wire.ask(method, path, bearerHeaders(accessToken))


async def testRefreshesAtOnceHaveNoVictim(stack: RunningStack, planter: Planter) -> None:
    owners = await planter.accounts(ROUNDS)
    families, siblings = await planter.programs(owners), await planter.programs(owners)
    pairs = enumerate(zip(families, siblings, strict=True))
    rounds = [Round(number, stack.endpoints.gateway, planter, *pair) for number, pair in pairs]
    await asyncio.gather(*(playAll(rounds[lane::LANES]) for lane in range(LANES)))


async def playAll(rounds: Sequence[Round]) -> None:
    for each in rounds:
        await each.play()
