from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.models.administratorFactor import AdministratorRecoveryCode
from KSysAdmin.backend.domain.policies.recoveryCodes import hashRecoveryCode, newRecoveryCodes


async def completeEnrollment(
    work: AdminUnitOfWorkInterface,
    notices: AdministratorNotices,
    administratorId: UUID,
    told: Mapping[str, str],
    at: datetime,
) -> list[str]:
    """What the first factor brings along: the ten recovery codes, to be shown once, a mail that tells of it, and the
    end of every other sign-in that waits to set one up: a password alone never adds a factor beside another. The
    administrator is locked.
    """
    await work.challenges.voidEnrollments(administratorId, at)
    await notices.tell(work, administratorId, AdministratorMailKind.FACTOR_ADDED, at, told)
    return await issueRecoveryCodes(work, administratorId, at)


async def issueRecoveryCodes(work: AdminUnitOfWorkInterface, administratorId: UUID, at: datetime) -> list[str]:
    """Ten new codes, to be shown once, in the place of whatever was left; only their hashes are kept."""
    codes = newRecoveryCodes()
    hashes = [hashRecoveryCode(administratorId, code) for code in codes]
    stored = [AdministratorRecoveryCode.create(administratorId, codeHash, at) for codeHash in hashes]
    await work.factors.replaceRecoveryCodes(administratorId, stored)
    return codes
