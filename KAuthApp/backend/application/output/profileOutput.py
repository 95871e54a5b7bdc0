from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import Field

from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserLocale
from shared.backend.utils.apiModel import OutputModel, Timestamp


class MfaOutput(OutputModel):
    """Which second factors the account has."""

    totp: bool
    passkeys: int
    recoveryCodesLeft: int

    @classmethod
    def of(cls, factors: SecondFactors) -> Self:
        return cls(totp=factors.totp, passkeys=factors.passkeys, recoveryCodesLeft=factors.recoveryCodesLeft)


class ProfileOutput(OutputModel):
    """What a person sees of the own account."""

    id: UUID
    email: str = Field(examples=["sari@example.com"])
    emailVerified: bool
    fullName: str | None = Field(examples=["Sari Wulandari"])
    locale: UserLocale
    roles: list[str]
    mfa: MfaOutput
    createdAt: Timestamp
    pendingEmail: str | None = Field(
        default=None, description="The address the account moves to once codes from both have come"
    )

    @classmethod
    def fromUser(cls, user: UserAccount, factors: SecondFactors, pendingEmail: EmailAddress | None = None) -> Self:
        return cls(
            id=user.id,
            email=user.emailAsGiven,
            emailVerified=user.emailVerifiedAt is not None,
            fullName=user.fullName,
            locale=user.locale,
            roles=list(user.roles),
            mfa=MfaOutput.of(factors),
            createdAt=user.createdAt,
            pendingEmail=None if pendingEmail is None else pendingEmail.asGiven,
        )
