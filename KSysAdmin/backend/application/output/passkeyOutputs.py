from __future__ import annotations

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from pydantic import Field

from KSysAdmin.backend.domain.models.administratorPasskey import AdministratorPasskey
from shared.backend.utils.apiModel import OutputModel, Timestamp


class PasskeyOutput(OutputModel):
    """A passkey as its owner sees it."""

    id: UUID
    name: str = Field(examples=["Key ring"])
    createdAt: Timestamp
    lastUsedAt: Timestamp | None
    transports: list[str] = Field(examples=[["usb", "nfc"]])
    backedUp: bool = Field(description="Whether there is a copy in its maker's cloud")
    deviceBound: bool = Field(description="True when it can never leave its device")
    counterRegressedAt: Timestamp | None = Field(description="When its counter went back: there may be a copy of it")

    @classmethod
    def fromPasskey(cls, passkey: AdministratorPasskey) -> Self:
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


class PasskeyListOutput(OutputModel):
    items: Sequence[PasskeyOutput]
