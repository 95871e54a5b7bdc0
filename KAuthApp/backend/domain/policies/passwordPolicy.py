from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pydantic import Field

from KAuthApp.backend.domain.exceptions.authErrors import (
    PasswordCompromisedError,
    PasswordTooLongError,
    PasswordTooShortError,
)
from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from shared.backend.passwords.passwordJudgement import PasswordJudgement
from shared.backend.utils.valueObject import ValueObject

LOWEST_MINIMUM = 8
MAX_PASSWORD_LENGTH = 128
SHORTEST_OWN_WORD = 4
PRODUCT_WORDS = ("kplatform", "k-platform")


def normalisePassword(password: str) -> str:
    """NFC: the same password typed on another keyboard is the same password."""
    return unicodedata.normalize("NFC", password)


class PasswordPolicy(ValueObject):
    """What a new password must be: long enough and not one a guesser tries first. No composition rules.

    Lengths are in code points after NFC.
    """

    minLength: int = Field(default=15, ge=LOWEST_MINIMUM, le=64)
    maxLength: int = Field(default=MAX_PASSWORD_LENGTH, ge=64)

    def ensureAcceptable(
        self, password: str, ownWords: Sequence[str], guesser: PasswordGuesserInterface, field: str
    ) -> None:
        """Raise the reason why this password, already normalised, is refused; `field` names the property it came in."""
        self.judge(password, ownWords, guesser, field).ensureAccepted()

    def judge(
        self, password: str, ownWords: Sequence[str], guesser: PasswordGuesserInterface, field: str
    ) -> PasswordJudgement:
        if len(password) < self.minLength:
            return PasswordJudgement.refused(
                PasswordTooShortError(f"use at least {self.minLength} characters", field=field)
            )
        if len(password) > self.maxLength:
            return PasswordJudgement.refused(
                PasswordTooLongError(f"use at most {self.maxLength} characters", field=field)
            )
        if self._isMadeOfOwnWords(password, ownWords):
            return PasswordJudgement.refused(
                PasswordCompromisedError("it is made of your own name or address", field=field)
            )
        estimate = guesser.estimate(password, sorted(splitWords(ownWords)))
        if estimate.weakness is not None:
            return PasswordJudgement.refused(PasswordCompromisedError(estimate.weakness, field=field), estimate.score)
        return PasswordJudgement.accepted(estimate.score)

    def _isMadeOfOwnWords(self, password: str, ownWords: Sequence[str]) -> bool:
        folded = password.casefold()
        rest = folded
        for word in sorted(splitWords((*ownWords, *PRODUCT_WORDS)), key=len, reverse=True):
            rest = rest.replace(word, "")
        letters = sum(character.isalnum() for character in rest)
        return len(rest) < len(folded) and letters < LOWEST_MINIMUM


def splitWords(texts: Sequence[str]) -> frozenset[str]:
    """The texts and their parts (an address is its name, its domain, …), case folded, the very short ones left out."""
    folded = [unicodedata.normalize("NFC", text).casefold() for text in texts]
    parts = [part for text in folded for part in "".join(_orSpace(character) for character in text).split()]
    return frozenset(word for word in (*folded, *parts) if len(word) >= SHORTEST_OWN_WORD)


def _orSpace(character: str) -> str:
    return character if character.isalnum() else " "
