from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from KSysAdmin.backend.domain.policies.totp import CODE_DIGITS
from shared.backend.utils.apiModel import InputModel, WholeSecret
from shared.backend.webAuthn.webAuthnJson import AuthenticationResponseJson

CHALLENGE_LENGTH = 128


class SignInInput(InputModel):
    email: str = Field(min_length=3, max_length=254, examples=["admin@example.com"])
    password: WholeSecret = Field(min_length=1, max_length=1024, examples=["correct horse battery staple"])


class EnrollTotpInput(InputModel):
    challengeId: str = Field(min_length=16, max_length=CHALLENGE_LENGTH)


class ConfirmTotpInput(InputModel):
    challengeId: str = Field(min_length=16, max_length=CHALLENGE_LENGTH)
    code: str = Field(pattern=r"^\d{6}$", examples=["123456"])


class FactorProofInput(InputModel):
    """`code` is six digits for `totp`, else one of the ten recovery codes; a passkey brings an `assertion`."""

    method: Literal["totp", "recoveryCode", "passkey"]
    code: str | None = Field(default=None, min_length=6, max_length=64, examples=["123456"])
    assertion: AuthenticationResponseJson | None = Field(
        default=None, description="AuthenticationResponseJSON (WebAuthn Level 3)"
    )

    @model_validator(mode="after")
    def _requireItsProof(self) -> Self:
        isPasskey = self.method == "passkey"
        if (self.assertion is not None) != isPasskey or (self.code is not None) == isPasskey:
            raise ValueError("a passkey brings an assertion, every other method a code")
        return self


class SecondFactorInput(FactorProofInput):
    """The second half of a sign-in."""

    challengeId: str = Field(min_length=16, max_length=CHALLENGE_LENGTH)


class ReauthenticateInput(InputModel):
    """Exactly one proof that it is still the same person: a code of the app, a recovery code, or a passkey."""

    code: str | None = Field(default=None, min_length=6, max_length=64, examples=["123456"])
    assertion: AuthenticationResponseJson | None = Field(
        default=None, description="AuthenticationResponseJSON (WebAuthn Level 3)"
    )

    @model_validator(mode="after")
    def _requireOne(self) -> Self:
        if (self.code is None) == (self.assertion is None):
            raise ValueError("give a code or an assertion")
        return self

    @property
    def proof(self) -> FactorProofInput:
        """Which factor it is: six digits are a code of the app."""
        if self.assertion is not None:
            return FactorProofInput(method="passkey", assertion=self.assertion)
        isOfApp = self.code is not None and len(self.code) == CODE_DIGITS and self.code.isdecimal()
        return FactorProofInput(method="totp" if isOfApp else "recoveryCode", code=self.code)


class TotpCodeInput(InputModel):
    code: str = Field(pattern=r"^\d{6}$", examples=["123456"])


class ChallengeInput(InputModel):
    """Which sign-in it is for."""

    challengeId: str = Field(min_length=16, max_length=CHALLENGE_LENGTH)


class ChangeOwnPasswordInput(InputModel):
    """A new password, allowed by the present one."""

    currentPassword: WholeSecret = Field(min_length=1, max_length=1024)
    newPassword: WholeSecret = Field(min_length=1, max_length=1024)


class ConfirmBrowserInput(InputModel):
    """The token of the one-time link that was mailed."""

    token: WholeSecret = Field(min_length=16, max_length=CHALLENGE_LENGTH)


class JudgePasswordInput(InputModel):
    """A password that somebody thinks of, and whose it is to be, by a one-time link or by the address."""

    password: WholeSecret = Field(min_length=1, max_length=1024, examples=["a sentence only you would say"])
    token: WholeSecret | None = Field(default=None, min_length=16, max_length=CHALLENGE_LENGTH)
    email: str = Field(default="", max_length=254)


class AcceptInvitationInput(InputModel):
    """The token of the one-time link, and the password its reader chooses."""

    token: WholeSecret = Field(min_length=16, max_length=CHALLENGE_LENGTH)
    password: WholeSecret = Field(min_length=1, max_length=1024)
