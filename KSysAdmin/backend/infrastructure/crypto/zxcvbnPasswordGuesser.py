from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from KSysAdmin.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from shared.backend.passwords.guessEstimate import GuessEstimate
from shared.backend.passwords.passwordGuesser import PasswordGuesser

# A hundred times as many as a user's must take.
_LEAST_GUESSES_LOG10: Final = 8.0


class ZxcvbnPasswordGuesser(PasswordGuesserInterface):
    def __init__(self) -> None:
        self._guesser = PasswordGuesser(_LEAST_GUESSES_LOG10)

    def estimate(self, password: str, ownWords: Sequence[str]) -> GuessEstimate:
        return self._guesser.estimate(password, ownWords)
