from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import Field

from KAuthApp.backend.domain.models.userPasskey import UserPasskey
from shared.backend.utils.apiModel import OutputModel, Timestamp


class PasskeyOutput(OutputModel):
    """A passkey as its owner sees it."""

    id: UUID
    name: str = Field(examples=["My phone"])
    createdAt: Timestamp
    lastUsedAt: Timestamp | None
    transports: list[str] = Field(examples=[["internal", "hybrid"]])
    backedUp: bool = Field(description="Whether there is a copy in its maker's cloud")
    deviceBound: bool = Field(description="True when it can never leave its device")
    counterRegressedAt: Timestamp | None = Field(description="When its counter went back: there may be a copy of it")

    @classmethod
    def fromPasskey(cls, passkey: UserPasskey) -> Self:
        return cls(
            id=passkey.id,
            name=passkey.name,
            createdAt=passkey.createdAt,
            lastUsedAt=passkey.lastUsedAt,
            transports=list(passkey.transports),
            backedUp=passkey.isBackedUp,
            deviceBound=not passkey.isBackupEligible,
            counterRegressedAt=passkey.counterRegressedAt,
        )


class PasskeyAddedOutput(PasskeyOutput):
    """`recoveryCodes` with the first factor of the account only: they are shown this once."""

    recoveryCodes: list[str] | None = Field(default=None, repr=False)

    @classmethod
    def of(cls, passkey: UserPasskey, recoveryCodes: list[str] | None) -> Self:
        return cls.fromPasskey(passkey).model_copy(update={"recoveryCodes": recoveryCodes})
