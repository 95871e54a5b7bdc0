from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from KSysAdmin.backend.application.input.signInInput import CHALLENGE_LENGTH
from KSysAdmin.backend.domain.models.administratorPasskey import MAX_PASSKEY_NAME_LENGTH
from shared.backend.utils.apiModel import InputModel
from shared.backend.webAuthn.webAuthnJson import RegistrationResponseJson


def _checkName(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a name holds no control characters")
    return text


PasskeyName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PASSKEY_NAME_LENGTH),
    AfterValidator(_checkName),
    Field(description="What its owner calls it", examples=["Key ring"]),
]


class RegisterPasskeyInput(RegistrationResponseJson):
    """RegistrationResponseJSON (WebAuthn Level 3), and what the passkey shall be called."""

    name: PasskeyName = "Passkey"


class EnrollPasskeyInput(RegisterPasskeyInput):
    """As the first factor, in a sign-in that said `enrollmentRequired`."""

    challengeId: str = Field(min_length=16, max_length=CHALLENGE_LENGTH)


class RenamePasskeyInput(InputModel):
    name: PasskeyName
