from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence


class PasswordGuesserInterface(ABC):
    """Knows what guessers try first: lists of common and breached passwords, keyboard walks, repeats."""

    @abstractmethod
    def weaknessOf(self, password: str, ownWords: Sequence[str]) -> str | None:
        """Why this whole password would be guessed early, in words for its owner; None when it would not."""
