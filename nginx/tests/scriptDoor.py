"""The gateway's own script in a real Redis, asked directly and with a clock of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        replies = cast("list[list[int]]", together.execute())
        return [list(_verdicts(requests, reply)) for (requests, _), reply in zip(batches, replies, strict=True)]


def _wordsOf(requests: Sequence[Rules], now: int, who: str) -> tuple[list[str], list[str | int]]:
    arguments: list[str | int] = [now, len(requests)]
    for rules in requests:
        arguments += [who, len(rules)]
        arguments += [part for rule in rules for part in rule.arguments]
    return ["-"] * len(requests), arguments


def _verdicts(requests: Sequence[Rules], reply: Sequence[int]) -> Iterator[Verdict]:
    words = iter(reply)
    for rules in requests:
        admitted, _known = next(words), next(words)
        checks = [(next(words), next(words), next(words), next(words)) for _ in rules]
        yield admitted == 1, [check[0] == 1 for check in checks]
