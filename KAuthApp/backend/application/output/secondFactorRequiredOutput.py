from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from KAuthApp.backend.domain.models.signInChallenge import SignInChallenge
from shared.backend.utils.apiModel import OutputModel, Timestamp


class SecondFactorRequiredOutput(OutputModel):
    """Half a sign-in: one of these methods must follow the password before it expires.

    `emailCode` is asked for while the platform or the account is under attack: six digits that are mailed, if the
    password was right.
    """

    status: Literal["secondFactorRequired"] = "secondFactorRequired"
    challengeId: UUID
    methods: list[str] = Field(examples=[["passkey", "totp", "recoveryCode"]])
    expiresAt: Timestamp

    @classmethod
    def of(cls, challenge: SignInChallenge, methods: Sequence[str]) -> Self:
        return cls(challengeId=challenge.id, methods=list(methods), expiresAt=challenge.expiresAt)
