from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field

from KSysAdmin.backend.domain.models.administratorSession import AdministratorSession
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy
from shared.backend.utils.apiModel import OutputModel, Timestamp
from shared.backend.utils.deviceLabel import describeDevice


class OwnSessionOutput(OutputModel):
    """`createdAt` is when its person last proved who they are."""

    id: UUID
    current: bool
    createdAt: Timestamp
    lastSeenAt: Timestamp
    idleExpiresAt: Timestamp
    expiresAt: Timestamp
    ip: str
    userAgent: str
    deviceLabel: str
    secondFactor: str

    @classmethod
    def of(cls, session: AdministratorSession, currentId: UUID, policy: AdminSessionPolicy) -> OwnSessionOutput:
        return cls(
            id=session.id,
            current=session.id == currentId,
            createdAt=session.createdAt,
            lastSeenAt=session.lastSeenAt,
            idleExpiresAt=session.idleAt(policy),
            expiresAt=session.expiresAt,
            ip=session.clientAddress,
            userAgent=session.userAgent,
            deviceLabel=describeDevice(session.userAgent),
            secondFactor=session.secondFactor,
        )


class OwnSessionsOutput(OutputModel):
    items: Sequence[OwnSessionOutput]


class RecoveryCodesOutput(OutputModel):
    """Shown this once; every older code is void."""

    recoveryCodes: list[str] = Field(examples=[["k3fh-8wqz-2m7c-pa9x-4vjt-6nsy"]])


class ReauthenticatedOutput(OutputModel):
    """Until `freshUntil` what is sensitive may be done. The cookie is another one, and so is its token."""

    authenticatedAt: Timestamp
    freshUntil: Timestamp
    csrfToken: str = Field(examples=["q2x3m1Yb0l7T…"])
