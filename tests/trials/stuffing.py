from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from altcha import Challenge, Payload, solve_challenge

from scripts.benchmarks.wire import Answer, Wire
from tests.support.planted import PASSWORD, Account, Planted

LOGIN: Final = "/api/auth/login"
PROOF: Final = "/api/auth/proof-of-work"
WRONG: Final = "another sentence, of another person 1174"
BUSY: Final = 503
AT_ONCE: Final = 8


@dataclass(frozen=True)
class Pair:
    """One line of a stolen list."""

    email: str
    password: str
    isRight: bool


def stolenList(victims: Sequence[Account], pairs: int, seed: int) -> list[Pair]:
    """As many pairs, of which those of the victims are right; the rest belong to nobody here. In no order."""
    right = [Pair(victim.email, PASSWORD, isRight=True) for victim in victims]
    wrong = [Pair(f"stolen-{seed}-{number}@example.net", WRONG, isRight=False) for number in range(pairs - len(right))]
    mixed = right + wrong
    random.Random(seed).shuffle(mixed)
    return mixed


@dataclass
class Stuffing:
    """Somebody who tries a stolen list from many addresses and does the work that is asked for."""

    gateway: str
    addresses: Sequence[str]
    outcomes: Counter[tuple[bool, str]] = field(default_factory=Counter)

    async def run(self, pairs: Sequence[Pair]) -> None:
        turns = asyncio.Semaphore(AT_ONCE)
        share = [pairs[number :: len(self.addresses)] for number in range(len(self.addresses))]
        rounds = max(len(each) for each in share)
        for turn in range(rounds):
            tries = zip(self.addresses, share, strict=True)
            await asyncio.gather(*(self._try(turns, address, own[turn]) for address, own in tries if turn < len(own)))

    def of(self, isRight: bool, result: str) -> int:
        return self.outcomes[isRight, result]

    async def _try(self, turns: asyncio.Semaphore, address: str, pair: Pair) -> None:
        async with turns, Wire(self.gateway, address) as wire:
            answer = await tryHard(wire, pair.email, pair.password)
        result = str(answer.json()["status"]) if answer.isAccepted else answer.code
        self.outcomes[pair.isRight, result] += 1


async def tryHard(wire: Wire, email: str, password: str) -> Answer:
    """Sign in as a program of thieves does: work when work is asked for, come again when there was no place."""
    answer = await _ask(wire, {"email": email, "password": password})
    if answer.code != "auth.proofRequired":
        return answer
    return await _ask(wire, {"email": email, "password": password, "proof": await solve(wire)})


async def solve(wire: Wire) -> str:
    challenge = Challenge.from_dict((await wire.ask("GET", PROOF)).json())
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()


async def _ask(wire: Wire, body: dict[str, str]) -> Answer:
    answer = await wire.ask("POST", LOGIN, body=body)
    while answer.status == BUSY:
        await asyncio.sleep(0.2)
        answer = await wire.ask("POST", LOGIN, body=body)
    return answer


@dataclass
class Owners:
    """People who go on signing in from the browsers they always use."""

    gateway: str
    accounts: Sequence[Account]
    devices: Sequence[Planted]
    statuses: Counter[str] = field(default_factory=Counter)

    async def signInUntil(self, isOver: asyncio.Event, atLeast: int) -> None:
        """One after the other, again and again, each at the first try."""
        pairs = list(zip(self.accounts, self.devices, strict=True))
        while not isOver.is_set() or self.statuses.total() < atLeast:
            account, device = pairs[self.statuses.total() % len(pairs)]
            async with Wire(self.gateway) as wire:
                body = {"email": account.email, "password": PASSWORD}
                answer = await wire.ask("POST", LOGIN, device.headers, body)
            self.statuses[str(answer.json()["status"]) if answer.isAccepted else answer.code] += 1
