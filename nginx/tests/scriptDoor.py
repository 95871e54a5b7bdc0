"""The gateway's own script in a real Redis, asked directly and with a clock of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import cast

from redis import Redis

from nginx.tests.tokenModel import Rule
from scripts.stack.gatewayConfig import TREE

SCRIPT = (TREE / "lua" / "scripts" / "takeTokens.lua").read_text()

Rules = Sequence[Rule]
# Whether the request was admitted, and whether each of its rules alone would have let it pass.
Verdict = tuple[bool, list[bool]]


class ScriptDoor:
    """A batch is what one worker sends in one call: for every request who asks and which rules hold."""

    def __init__(self, redis: Redis) -> None:
        self._redis, self._sha = redis, str(redis.script_load(SCRIPT))

    def ask(self, requests: Sequence[Rules], now: int, who: str) -> list[Verdict]:
        """One batch of one caller."""
        return self.askMany([(requests, now)], who)[0]

    def askMany(self, batches: Sequence[tuple[Sequence[Rules], int]], who: str) -> list[list[Verdict]]:
        """Batch after batch, each at its moment; they travel together."""
        together = self._redis.pipeline(transaction=False)
        for requests, now in batches:
            keys, arguments = _wordsOf(requests, now, who)
            together.evalsha(self._sha, len(keys), *keys, *arguments)
        replies = cast("list[list[str]]", together.execute())
        return [list(_verdicts(requests, reply)) for (requests, _), reply in zip(batches, replies, strict=True)]


def _groupsOf(requests: Sequence[Rules]) -> list[tuple[Rules, int]]:
    """What comes one after the other and is the same is asked for together, as a worker does."""
    return [(rules, len(list(same))) for rules, same in groupby(requests)]


def _wordsOf(requests: Sequence[Rules], now: int, who: str) -> tuple[list[str], list[str | int]]:
    groups = _groupsOf(requests)
    arguments: list[str | int] = [now, 0, len(groups)]
    for rules, count in groups:
        arguments += [len(rules)]
        arguments += [part for rule in rules for part in rule.arguments]
        arguments += [1, count, who, "-", "", 0, 0, 0, "", ""]
    return [], arguments


def _verdicts(requests: Sequence[Rules], reply: Sequence[str | bytes]) -> Iterator[Verdict]:
    text = reply[0].decode() if isinstance(reply[0], bytes) else reply[0]
    numbers = iter(int(number) for number in text.split(","))
    for rules, count in _groupsOf(requests):
        admitted, _known = next(numbers), next(numbers)
        checks = [(next(numbers), next(numbers), next(numbers), next(numbers)) for _ in rules]
        for ordinal in range(1, count + 1):
            isAdmitted = ordinal <= admitted
            # who is refused sees what all who were admitted left
            passed = [ordinal <= check[0] if isAdmitted else check[0] > admitted for check in checks]
            yield isAdmitted, passed
