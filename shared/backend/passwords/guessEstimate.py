from __future__ import annotations

from bisect import bisect_right
from typing import Final

from shared.backend.utils.valueObject import ValueObject

# zxcvbn's own steps from 0 to 4, as powers of ten.
_SCORE_STEPS: Final = (3.0, 6.0, 8.0, 10.0)


class GuessEstimate(ValueObject):
    """How many guesses a password takes, as a power of ten, and in words for its owner why these are too few."""

    guessesLog10: float
    weakness: str | None

    @property
    def score(self) -> int:
        """0, guessed at once, to 4."""
        return bisect_right(_SCORE_STEPS, self.guessesLog10)
