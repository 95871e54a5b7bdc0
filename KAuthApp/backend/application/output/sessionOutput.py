from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import Field

from KAuthApp.backend.domain.models.userSession import Device, UserSession
from shared.backend.utils.apiModel import OutputModel, Timestamp


class SessionOutput(OutputModel):
    """One place where a person is signed in."""

    id: UUID
    current: bool = Field(description="True for the session that asks")
    createdAt: Timestamp
    lastSeenAt: Timestamp = Field(description="Last use, to the minute")
    expiresAt: Timestamp = Field(description="When it ends by itself if it is not used")
    ip: str | None
    userAgent: str | None
    deviceLabel: str = Field(examples=["Firefox on Linux"])
    authMethods: list[str] = Field(examples=[["password"]])

    @classmethod
    def fromSession(cls, session: UserSession, device: Device, currentId: UUID) -> Self:
        return cls(
            id=session.id,
            current=session.id == currentId,
            createdAt=session.createdAt,
            lastSeenAt=session.lastSeenAt,
            expiresAt=session.validUntil,
            ip=device.ip,
            userAgent=device.userAgent or None,
            deviceLabel=session.deviceLabel,
            authMethods=list(session.authMethods),
        )
