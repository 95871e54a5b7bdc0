from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from KAuthApp.backend.application.input.factorProofInput import FactorCode, FactorProofInput
from KAuthApp.backend.application.input.fields import PasswordText
from KAuthApp.backend.domain.models.factorMethod import FactorMethod
from KAuthApp.backend.domain.policies.totp import CODE_DIGITS
from shared.backend.utils.apiModel import InputModel
from shared.backend.webAuthn.webAuthnJson import AuthenticationResponseJson


class ReauthenticateInput(InputModel):
    """Exactly one proof; where a second factor is set up, one of those."""

    password: PasswordText | None = None
    code: FactorCode | None = Field(default=None, examples=["493027"], repr=False)
    assertion: AuthenticationResponseJson | None = Field(
        default=None, description="AuthenticationResponseJSON (WebAuthn Level 3)"
    )

    @model_validator(mode="after")
    def _requireOne(self) -> Self:
        if sum(each is not None for each in (self.password, self.code, self.assertion)) != 1:
            raise ValueError("give a password, a code or an assertion")
        return self

    @property
    def factorProof(self) -> FactorProofInput | None:
        """The second factor in it; None for a password."""
        if self.assertion is not None:
            return FactorProofInput(method=FactorMethod.PASSKEY, assertion=self.assertion)
        if self.code is None:
            return None
        isOfApp = len(self.code) == CODE_DIGITS and self.code.isdigit()
        return FactorProofInput(method=FactorMethod.TOTP if isOfApp else FactorMethod.RECOVERY_CODE, code=self.code)
