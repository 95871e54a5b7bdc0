from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.backend.utils.apiModel import InputModel, WholeSecret

CHALLENGE_LENGTH = 128


class SignInInput(InputModel):
    email: str = Field(min_length=3, max_length=254, examples=["admin@example.com"])
    password: WholeSecret = Field(min_length=1, max_length=1024, examples=["correct horse battery staple"])


class EnrollTotpInput(InputModel):
    challengeId: str = Field(min_length=16, max_length=CHALLENGE_LENGTH)


class ConfirmTotpInput(InputModel):
    challengeId: str = Field(min_length=16, max_length=CHALLENGE_LENGTH)
    code: str = Field(pattern=r"^\d{6}$", examples=["123456"])


class SecondFactorInput(InputModel):
    """`code` is six digits for `totp`, else one of the ten recovery codes."""

    challengeId: str = Field(min_length=16, max_length=CHALLENGE_LENGTH)
    method: Literal["totp", "recoveryCode"]
    code: str = Field(min_length=6, max_length=64, examples=["123456"])


class AcceptInvitationInput(InputModel):
    """The token of the one-time link, and the password its reader chooses."""

    token: WholeSecret = Field(min_length=16, max_length=CHALLENGE_LENGTH)
    password: WholeSecret = Field(min_length=1, max_length=1024)
