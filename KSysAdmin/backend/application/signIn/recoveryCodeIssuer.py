from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.models.administratorFactor import AdministratorRecoveryCode
from KSysAdmin.backend.domain.policies.recoveryCodes import hashRecoveryCode, newRecoveryCodes


async def issueRecoveryCodes(work: AdminUnitOfWorkInterface, administratorId: UUID, at: datetime) -> list[str]:
    """The ten codes that come with the first factor, to be shown once; only their hashes are kept."""
    codes = newRecoveryCodes()
    hashes = [hashRecoveryCode(administratorId, code) for code in codes]
    await work.factors.addRecoveryCodes(
        [AdministratorRecoveryCode.create(administratorId, codeHash, at) for codeHash in hashes]
    )
    return codes
