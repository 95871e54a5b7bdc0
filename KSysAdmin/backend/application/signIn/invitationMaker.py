from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.models.administratorInvitation import AdministratorInvitation
from KSysAdmin.backend.domain.policies.signInRules import INVITATION_LIFETIME
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential


async def makeInvitation(
    work: AdminUnitOfWorkInterface, administratorId: UUID, at: datetime, lifetime: timedelta = INVITATION_LIFETIME
) -> str:
    """The token of a new one-time link; every older link of this administrator is void."""
    token = CryptoFactory.randomToken()
    invitation = AdministratorInvitation.open(administratorId, hashCredential(token), at, at + lifetime)
    await work.invitations.replace(invitation)
    return token
