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
from shared.backend.utils.valueObject import ValueObject

LONGEST: Final = 128


class AdminPasswordPolicy(ValueObject):
    """What an administrator's password must be: long and not one that is guessed early, of any characters."""

    minLength: int = Field(default=15, ge=8, le=64)

    def accept(self, password: str, email: str, guesser: PasswordGuesserInterface) -> str:
        """The password in NFC, which is what is hashed; raises what is wrong with it."""
        normal = unicodedata.normalize("NFC", password)
        if len(normal) < self.minLength:
            raise PasswordTooShortError(f"use at least {self.minLength} characters", field="password")
        if len(normal) > LONGEST:
            raise PasswordTooLongError(f"use at most {LONGEST} characters", field="password")
        words = ["kplatform", "administrator", email, *email.replace("@", ".").split(".")]
        weakness = guesser.weaknessOf(normal, words)
        if weakness is not None:
            told = f"this password is among the first that are guessed: {weakness}"
            raise PasswordCompromisedError(told, field="password")
        return normal


def normalisePassword(password: str) -> str:
    """As it was hashed: NFC."""
    return unicodedata.normalize("NFC", password)


def passwordPolicyFrom(settings: Mapping[str, Setting]) -> AdminPasswordPolicy:
    """The rule as the platform's settings have it now."""
    stored = settings.get("auth.passwordMinLength")
    isNumber = stored is not None and isinstance(stored.value, int)
    return AdminPasswordPolicy.model_validate({"minLength": stored.value} if stored is not None and isNumber else {})
