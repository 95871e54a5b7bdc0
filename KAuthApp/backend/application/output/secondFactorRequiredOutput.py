from __future__ import annotations

from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.signInChallenge import SignInChallenge
from shared.backend.utils.apiModel import OutputModel, Timestamp


class SecondFactorRequiredOutput(OutputModel):
    """Half a sign-in: the password was right, one of these methods must follow before it expires."""

    status: Literal["secondFactorRequired"] = "secondFactorRequired"
    challengeId: UUID
    methods: list[str] = Field(examples=[["passkey", "totp", "recoveryCode"]])
    expiresAt: Timestamp

    @classmethod
    def of(cls, challenge: SignInChallenge, factors: SecondFactors) -> Self:
        return cls(challengeId=challenge.id, methods=list(factors.methods), expiresAt=challenge.expiresAt)
