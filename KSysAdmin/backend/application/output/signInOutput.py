from __future__ import annotations

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from KSysAdmin.backend.domain.models.administrator import AdministratorLocale
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.freshness import FRESH_FOR
from KSysAdmin.backend.domain.policies.permission import Permission
from shared.backend.utils.apiModel import OutputModel, Timestamp

Method = Literal["passkey", "totp", "recoveryCode"]


class SignInOutput(OutputModel):
    """The password was right. With `enrollmentRequired` a second factor must be set up before anything else."""

    status: Literal["enrollmentRequired", "secondFactorRequired"]
    challengeId: str
    methods: list[Method]
    expiresAt: Timestamp

    @classmethod
    def secondFactor(cls, challengeId: str, methods: list[Method], expiresAt: datetime) -> Self:
        return cls(status="secondFactorRequired", challengeId=challengeId, methods=methods, expiresAt=expiresAt)

    @classmethod
    def enrollment(cls, challengeId: str, hasPasskeys: bool, expiresAt: datetime) -> Self:
        """`hasPasskeys`: whether browsers know passkeys at the address of this site."""
        methods: list[Method] = ["totp", "passkey"] if hasPasskeys else ["totp"]
        return cls(status="enrollmentRequired", challengeId=challengeId, methods=methods, expiresAt=expiresAt)


class TotpEnrollmentOutput(OutputModel):
    """Shown once. `qrSvg` is an SVG document of the `otpauthUri`."""

    secret: str
    otpauthUri: str
    qrSvg: str


class AdministratorOutput(OutputModel):
    id: UUID
    email: str
    roles: list[str]
    permissions: list[Permission]


class AdministratorSessionOutput(OutputModel):
    """`idleExpiresAt` moves with every request; `expiresAt` does not. After `freshUntil` sensitive calls ask again."""

    id: UUID
    createdAt: Timestamp
    freshUntil: Timestamp
    idleExpiresAt: Timestamp
    expiresAt: Timestamp


class AuthenticatedOutput(OutputModel):
    """Signed in. `recoveryCodes` only right after the enrolment: they are shown this once."""

    status: Literal["authenticated"] = "authenticated"
    user: AdministratorOutput
    session: AdministratorSessionOutput
    recoveryCodes: list[str] | None = Field(default=None)

    @classmethod
    def fromActor(cls, actor: AdminActor, recoveryCodes: list[str] | None = None) -> AuthenticatedOutput:
        return cls(user=administratorOf(actor), session=sessionOf(actor), recoveryCodes=recoveryCodes)


class ProfileOutput(OutputModel):
    """Who is signed in."""

    user: AdministratorOutput
    session: AdministratorSessionOutput
    locale: AdministratorLocale
    totp: bool
    passkeys: int
    recoveryCodesLeft: int


def administratorOf(actor: AdminActor) -> AdministratorOutput:
    return AdministratorOutput(
        id=actor.administratorId,
        email=actor.email,
        roles=list(actor.roles),
        permissions=sorted(actor.permissions),
    )


def sessionOf(actor: AdminActor) -> AdministratorSessionOutput:
    return AdministratorSessionOutput(
        id=actor.sessionId,
        createdAt=actor.sessionCreatedAt,
        freshUntil=actor.authenticatedAt + FRESH_FOR,
        idleExpiresAt=actor.sessionIdleAt,
        expiresAt=actor.sessionExpiresAt,
    )
