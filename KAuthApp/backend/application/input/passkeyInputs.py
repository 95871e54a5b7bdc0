from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from KAuthApp.backend.application.input.fields import EmailText
from KAuthApp.backend.domain.models.userPasskey import MAX_PASSKEY_NAME_LENGTH
from KAuthApp.backend.domain.models.userSession import SessionClient
from shared.backend.utils.apiModel import InputModel
from shared.backend.webAuthn.webAuthnJson import AuthenticationResponseJson, RegistrationResponseJson


def _checkName(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a name holds no control characters")
    return text


PasskeyName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PASSKEY_NAME_LENGTH),
    AfterValidator(_checkName),
    Field(description="What its owner calls it", examples=["My phone"]),
]


class RegisterPasskeyInput(RegistrationResponseJson):
    """RegistrationResponseJSON (WebAuthn Level 3), and what the passkey shall be called: the device when absent."""

    name: PasskeyName | None = None


class RenamePasskeyInput(InputModel):
    name: PasskeyName


class PasskeySignInOptionsInput(InputModel):
    """For whom: a sign-in that waits for its second factor, an address, or whoever picks a passkey (neither)."""

    challengeId: UUID | None = Field(default=None, description="From an answer `secondFactorRequired`")
    email: EmailText | None = None

    @model_validator(mode="after")
    def _oneAtMost(self) -> Self:
        if self.challengeId is not None and self.email is not None:
            raise ValueError("either a challenge or an address")
        return self


class PasskeySignInInput(AuthenticationResponseJson):
    """AuthenticationResponseJSON (WebAuthn Level 3): `browser` gets a cookie, `api` gets tokens."""

    client: SessionClient = Field(default=SessionClient.BROWSER, description="What signs in")
