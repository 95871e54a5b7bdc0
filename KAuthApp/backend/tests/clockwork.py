"""Whether two kinds of request can be told apart by their time: interleaved samples, medians and a rank test."""

from __future__ import annotations

import gc
import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median, quantiles
from typing import Final

Request = Callable[[], Awaitable[object]]
# Two-sided 0.1 %: of a thousand comparisons of equals one is called different.
LEAST_LIKELY: Final = 0.001
MOST_MS: Final = 2.0


@dataclass(frozen=True)
class Difference:
    """Two kinds of request: how far apart their medians are, give or take `noise`, and how likely that is by chance."""

    one: str
    other: str
    milliseconds: float
    noise: float
    likelihood: float

    @property
    def isTold(self) -> bool:
        """Whether a watcher could tell; what the machine's other work adds is no difference."""
        return abs(self.milliseconds) > MOST_MS + 3 * self.noise or self.likelihood < LEAST_LIKELY

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset((self.one, self.other))


async def sample(kinds: Mapping[str, Request], rounds: int) -> Mapping[str, Sequence[float]]:
    """Milliseconds of each kind, `rounds` times, in an order that is drawn anew for each round."""
    taken: dict[str, list[float]] = {name: [] for name in kinds}
    order = list(kinds)
    gc.disable()
    try:
        for _ in range(rounds):
            random.shuffle(order)
            for name in order:
                startedAt = time.perf_counter()
                await kinds[name]()
                taken[name].append((time.perf_counter() - startedAt) * 1000)
            gc.collect(0)
    finally:
        gc.enable()
    return taken


async def tellApart(kinds: Mapping[str, Request], rounds: int) -> list[Difference]:
    """What a watcher can tell, and can tell again by three times as many samples: chance fools nobody twice."""
    first = {each.kinds for each in differences(await sample(kinds, rounds)) if each.isTold}
    if not first:
        return []
    again = differences(await sample(kinds, 3 * rounds))
    return [each for each in again if each.isTold and each.kinds in first]


def differences(samples: Mapping[str, Sequence[float]]) -> list[Difference]:
    """Each two kinds, those that differ most first."""
    found = [_between(one, other, samples[one], samples[other]) for one, other in combinations(samples, 2)]
    return sorted(found, key=lambda each: each.likelihood)


def _between(one: str, other: str, first: Sequence[float], second: Sequence[float]) -> Difference:
    noise = math.hypot(_errorOfMedian(first), _errorOfMedian(second))
    return Difference(one, other, median(first) - median(second), noise, likelihood(first, second))


def _errorOfMedian(values: Sequence[float]) -> float:
    """The standard error of a median, by the quartiles, which a few slow answers do not move."""
    lower, _, upper = quantiles(values, n=4)
    return 1.2533 * (upper - lower) / 1.349 / math.sqrt(len(values))


def likelihood(first: Sequence[float], second: Sequence[float]) -> float:
    """Mann-Whitney, two-sided, by the normal approximation with the correction for ties."""
    ranks, ties = _ranked([*first, *second])
    n, m = len(first), len(second)
    u = sum(ranks[:n]) - n * (n + 1) / 2
    total = n + m
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    z = (abs(u - n * m / 2) - 0.5) / math.sqrt(variance) if variance > 0 else 0.0
    return min(1.0, math.erfc(max(z, 0.0) / math.sqrt(2)))


def _ranked(values: Sequence[float]) -> tuple[list[float], float]:
    """The rank of each, the mean for equal ones, and the sum of t³ − t over the groups of equals."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, ties, start = [0.0] * len(values), 0.0, 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in range(start, end + 1):
            ranks[order[place]] = (start + end) / 2 + 1
        size = end - start + 1
        ties, start = ties + size**3 - size, end + 1
    return ranks, ties
