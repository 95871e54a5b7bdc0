from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from KSysAdmin.backend.domain.interfaces.administratorFactorRepositoryInterface import FactorStanding
from KSysAdmin.backend.domain.models.administrator import Administrator, AdministratorLocale, AdministratorStatus
from KSysAdmin.backend.domain.models.role import Role
from shared.backend.utils.apiModel import OutputModel, Timestamp


class HeldRoleOutput(OutputModel):
    id: UUID
    name: str


class AdministratorFactorsOutput(OutputModel):
    totp: bool
    passkeys: int
    recoveryCodesLeft: int

    @classmethod
    def of(cls, standing: FactorStanding) -> AdministratorFactorsOutput:
        return cls(totp=standing.hasTotp, passkeys=standing.passkeys, recoveryCodesLeft=standing.recoveryCodesLeft)


class AdministratorAccountOutput(OutputModel):
    """One administrator as others see it."""

    id: UUID
    email: str
    status: AdministratorStatus
    locale: AdministratorLocale
    roles: list[HeldRoleOutput]
    factors: AdministratorFactorsOutput
    createdAt: Timestamp
    lastLoginAt: Timestamp | None

    @classmethod
    def of(
        cls, administrator: Administrator, roles: Sequence[Role], standing: FactorStanding
    ) -> AdministratorAccountOutput:
        return cls(
            id=administrator.id,
            email=administrator.email,
            status=administrator.status,
            locale=administrator.locale,
            roles=[HeldRoleOutput(id=role.id, name=role.name) for role in roles],
            factors=AdministratorFactorsOutput.of(standing),
            createdAt=administrator.createdAt,
            lastLoginAt=administrator.lastLoginAt,
        )
