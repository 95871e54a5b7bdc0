"""The gateway's own script against the plain model: random schedules of two nodes' batches, in virtual time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pytest
from redis import Redis

from nginx.tests.scriptDoor import Rules, ScriptDoor, Verdict
from nginx.tests.tokenModel import Rule, TokenModel
from tests.gateway.twoNodes import TwoNodes
from tests.trials.scale import asManyAs

START: Final = 90_000_000_000_000
SECOND: Final = 1_000_000
SCHEDULES: Final = asManyAs(10_000, 500)


@dataclass(frozen=True)
class Schedule:
    """Batches of one caller's requests, each with its moment, as the workers of two nodes would send them."""

    who: str
    rules: tuple[Rule, ...]
    batches: Sequence[tuple[int, int]]


@pytest.fixture(name="door", scope="module")
def openDoor(nodes: TwoNodes) -> Iterator[ScriptDoor]:
    with Redis(port=nodes.primary.port) as redis:
        yield ScriptDoor(redis)


def aSchedule(number: int) -> Schedule:
    """The same one for the same number."""
    chance = random.Random(number)
    rules = tuple(_aRule(chance, f"r{index}") for index in range(chance.choice([1, 1, 1, 2, 3])))
    narrowest = min(rule.window // rule.limit for rule in rules)
    batches, now = [], START
    for _ in range(chance.randint(5, 40)):
        now += chance.choice([0, 1, narrowest // 2, narrowest, chance.randint(0, 3 * narrowest), 10 * narrowest])
        batches.append((chance.choice([1, 1, 1, 2, 5]), now))
    return Schedule(f"ip:schedule{number}", rules, batches)


def _aRule(chance: random.Random, policyId: str) -> Rule:
    kind, limit = chance.choice(["gcra", "gcra", "log"]), chance.randint(1, 60)
    burst = limit if kind == "log" else chance.randint(1, 70)
    cost = chance.choice([1, 1, 1, min(3, burst, limit)])
    mode = chance.choice(["enforce", "enforce", "enforce", "shadow"])
    return Rule(policyId, kind, limit, chance.choice([1, 10, 60, 3600]), burst, cost, mode)


def testNothingIsAdmittedThatTheModelRefusesNorRefusedThatItAdmits(door: ScriptDoor) -> None:
    differing: Counter[str] = Counter()
    for number in range(SCHEDULES):
        schedule, model = aSchedule(number), TokenModel()
        expected: list[list[Verdict]] = []
        batches: list[tuple[Sequence[Rules], int]] = []
        for size, wanted in schedule.batches:
            now, model, verdicts = _decided(model, list(schedule.rules), size, wanted)
            batches.append(([schedule.rules] * size, now))
            expected.append(verdicts)
        for got, right in zip(door.askMany(batches, schedule.who), expected, strict=True):
            differing.update(_difference(one[0], other[0]) for one, other in zip(got, right, strict=True))
    assert differing["over"] == 0
    assert differing["early"] == 0
    assert differing["right"] > SCHEDULES


def _decided(model: TokenModel, rules: list[Rule], size: int, now: int) -> tuple[int, TokenModel, list[Verdict]]:
    """A moment of a whole batch, what the model makes of it, and the model afterwards.

    A moment on the very edge of one of the requests belongs to neither side (there the width of a double decides), so
    it is the next one.
    """
    after = TokenModel(dict(model.fullAt), dict(model.moments))
    verdicts: list[Verdict] = []
    for _ in range(size):
        if after.isUndecided(rules, now):
            return _decided(model, rules, size, now + 1)
        verdicts.append(after.take(rules, now))
    return now, after, verdicts


def _difference(admitted: bool, isRight: bool) -> str:
    if admitted == isRight:
        return "right"
    return "over" if admitted else "early"


@pytest.mark.parametrize(
    ("rule", "stated"),
    [
        (Rule("log", "log", 100, 60, 100), 100),
        (Rule("gcra", "gcra", 100, 60, 100), 199),
        (Rule("tight", "gcra", 100, 60, 10), 109),
        (Rule("single", "gcra", 60, 60, 1), 60),
        (Rule("costly", "gcra", 100, 60, 20, cost=2), 59),
    ],
    ids=lambda given: given.policyId if isinstance(given, Rule) else "",
)
def testTheWorstCountInAnyWindowIsTheOneThePolicyStates(door: ScriptDoor, rule: Rule, stated: int) -> None:
    """
    A greedy caller, who asks at every moment at which it could be let in: the log lets in the limit, GCRA at most the
    burst at once and then what flows back before the window ends.
    """
    interval = rule.window // rule.limit
    pauses = [interval // 2] * (6 * rule.limit)
    moments = [START + sum(pauses[:index]) for index in range(len(pauses))]
    batches: list[tuple[Sequence[Rules], int]] = [([(rule,)] * (rule.burst + 1), START)]
    batches += [([(rule,)] * 2, now) for now in moments[1:]]
    admitted: list[int] = []
    for (_, now), verdicts in zip(batches, door.askMany(batches, f"ip:greedy-{rule.policyId}"), strict=True):
        admitted += [now for wasAdmitted, _ in verdicts if wasAdmitted]
    worst = max(sum(1 for other in admitted if 0 <= other - first < rule.window) for first in admitted)
    assert worst == stated
