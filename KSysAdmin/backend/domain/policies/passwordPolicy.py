from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from pydantic import Field

from KSysAdmin.backend.domain.exceptions.administratorErrors import (
    PasswordCompromisedError,
    PasswordTooLongError,
    PasswordTooShortError,
)
from KSysAdmin.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KSysAdmin.backend.domain.models.setting import Setting
from shared.backend.passwords.ownWords import isMadeOf, splitWords
from shared.backend.passwords.passwordJudgement import PasswordJudgement
from shared.backend.utils.valueObject import ValueObject

LONGEST: Final = 128
KNOWN_WORDS: Final = ("kplatform", "k-platform", "administrator")


class AdminPasswordPolicy(ValueObject):
    """What an administrator's password must be: long and not one that is guessed early, of any characters."""

    minLength: int = Field(default=15, ge=8, le=64)

    def accept(self, password: str, email: str, guesser: PasswordGuesserInterface, field: str = "password") -> str:
        """The password in NFC, which is what is hashed; raises what is wrong with it."""
        normal = normalisePassword(password)
        self.judge(normal, email, guesser, field).ensureAccepted()
        return normal

    def judge(
        self, password: str, email: str, guesser: PasswordGuesserInterface, field: str = "password"
    ) -> PasswordJudgement:
        """What is wrong with a password in NFC, if anything is."""
        if len(password) < self.minLength:
            return PasswordJudgement.refused(
                PasswordTooShortError(f"use at least {self.minLength} characters", field=field)
            )
        if len(password) > LONGEST:
            return PasswordJudgement.refused(PasswordTooLongError(f"use at most {LONGEST} characters", field=field))
        words = (*KNOWN_WORDS, email)
        if isMadeOf(words, password):
            return PasswordJudgement.refused(_guessedFirst("it is made of your own name or address", field))
        estimate = guesser.estimate(password, sorted(splitWords(words)))
        if estimate.weakness is not None:
            return PasswordJudgement.refused(_guessedFirst(estimate.weakness, field), estimate.score)
        return PasswordJudgement.accepted(estimate.score)


def _guessedFirst(reason: str, field: str) -> PasswordCompromisedError:
    return PasswordCompromisedError(f"this password is among the first that are guessed: {reason}", field=field)


def normalisePassword(password: str) -> str:
    """As it was hashed: NFC."""
    return unicodedata.normalize("NFC", password)


def passwordPolicyFrom(settings: Mapping[str, Setting]) -> AdminPasswordPolicy:
    """The rule as the platform's settings have it now."""
    stored = settings.get("auth.passwordMinLength")
    isNumber = stored is not None and isinstance(stored.value, int)
    return AdminPasswordPolicy.model_validate({"minLength": stored.value} if stored is not None and isNumber else {})
