from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from shared.backend.passwords.guessEstimate import GuessEstimate


class PasswordGuesserInterface(ABC):
    """Knows what guessers try first: lists of common and breached passwords, keyboard walks, repeats."""

    @abstractmethod
    def estimate(self, password: str, ownWords: Sequence[str]) -> GuessEstimate:
        """How soon this whole password would be guessed, and why, if that is too soon."""
