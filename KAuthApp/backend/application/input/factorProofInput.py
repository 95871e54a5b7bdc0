from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from KAuthApp.backend.domain.models.factorMethod import FactorMethod
from shared.backend.utils.apiModel import InputModel
from shared.backend.webAuthn.webAuthnJson import AuthenticationResponseJson

MAX_FACTOR_CODE_LENGTH = 64


def _withoutSpaces(text: str) -> str:
    return "".join(text.split())


FactorCode = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_FACTOR_CODE_LENGTH, pattern=r"^[0-9A-Za-z -]+$"),
    AfterValidator(_withoutSpaces),
    Field(description="Six digits of the authenticator app, or a recovery code; spaces do not count"),
]
AppCode = Annotated[
    str,
    StringConstraints(max_length=MAX_FACTOR_CODE_LENGTH, pattern=r"^ *([0-9] *){6}$"),
    AfterValidator(_withoutSpaces),
    Field(description="Six digits of the authenticator app", examples=["493027"]),
]


class FactorProofInput(InputModel):
    """A second factor: `code` for `totp` and `recoveryCode`, `assertion` for `passkey`."""

    method: FactorMethod = Field(examples=["totp"])
    code: FactorCode | None = Field(default=None, examples=["493027"], repr=False)
    assertion: AuthenticationResponseJson | None = Field(
        default=None, description="AuthenticationResponseJSON (WebAuthn Level 3)"
    )

    @model_validator(mode="after")
    def _requireItsProof(self) -> Self:
        isPasskey = self.method == FactorMethod.PASSKEY
        if (self.assertion is not None) != isPasskey or (self.code is not None) == isPasskey:
            raise ValueError("a passkey brings an assertion, every other method a code")
        return self
