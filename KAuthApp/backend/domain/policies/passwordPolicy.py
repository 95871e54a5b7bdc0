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
from shared.backend.passwords.ownWords import isMadeOf, splitWords
from shared.backend.passwords.passwordJudgement import PasswordJudgement
from shared.backend.utils.valueObject import ValueObject

LOWEST_MINIMUM = 8
MAX_PASSWORD_LENGTH = 128
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
        if isMadeOf((*ownWords, *PRODUCT_WORDS), password):
            return PasswordJudgement.refused(
                PasswordCompromisedError("it is made of your own name or address", field=field)
            )
        estimate = guesser.estimate(password, sorted(splitWords(ownWords)))
        if estimate.weakness is not None:
            return PasswordJudgement.refused(PasswordCompromisedError(estimate.weakness, field=field), estimate.score)
        return PasswordJudgement.accepted(estimate.score)
