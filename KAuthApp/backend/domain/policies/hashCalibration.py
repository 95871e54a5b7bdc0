from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject

# Memory in KiB, with the fewest iterations that OWASP finds enough for it; the most memory first.
STEPS: Final = ((262_144, 1), (131_072, 1), (65_536, 1), (47_104, 1), (19_456, 2))
MOST_ITERATIONS: Final = 64


class HashCosts(ValueObject):
    """What one hash costs, and how many milliseconds that is here."""

    memoryKib: int
    iterations: int
    milliseconds: float = Field(ge=0)


def calibrate(target: float, measure: Callable[[int, int], float]) -> HashCosts:
    """
    The costs that come nearest to `target` milliseconds without passing it: memory first, since it costs a guesser's
    hardware most, then iterations. The lowest that are safe when even those take longer.

    `measure` says how many milliseconds a hash of so much memory in KiB and so many iterations takes.
    """
    for memoryKib, fewest in STEPS:
        took = measure(memoryKib, fewest)
        if took <= target:
            return _filledUp(memoryKib, fewest, took, target, measure)
    memoryKib, fewest = STEPS[-1]
    return HashCosts(memoryKib=memoryKib, iterations=fewest, milliseconds=measure(memoryKib, fewest))


def _filledUp(
    memoryKib: int, fewest: int, took: float, target: float, measure: Callable[[int, int], float]
) -> HashCosts:
    iterations = min(MOST_ITERATIONS, max(fewest, int(target / took * fewest)))
    while iterations > fewest and measure(memoryKib, iterations) > target:
        iterations -= 1
    return HashCosts(memoryKib=memoryKib, iterations=iterations, milliseconds=measure(memoryKib, iterations))
