from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.userRecoveryCode import UserRecoveryCode

CODES: Final = 10


class RecoveryCodes:
    """The ten codes an account gets with its first factor and with an authenticator app, shown once.

    The account is locked by the caller.
    """

    def __init__(self, secrets: SecretMakerInterface) -> None:
        self._secrets = secrets

    async def renew(self, work: AuthUnitOfWorkInterface, userId: UUID, at: datetime) -> list[str]:
        """Ten new ones; those before are no longer good."""
        texts = [self._secrets.newRecoveryCode() for _ in range(CODES)]
        hashes = [self._secrets.hashRecoveryCode(userId, text) for text in texts]
        await work.recoveryCodes.replace(userId, [UserRecoveryCode.create(userId, each, at) for each in hashes])
        return texts

    async def issueFirst(
        self, work: AuthUnitOfWorkInterface, userId: UUID, before: SecondFactors, at: datetime
    ) -> list[str] | None:
        """The codes that come with the first factor; None when the account had one before."""
        return None if before.areOn else await self.renew(work, userId, at)

    async def removeWithLast(self, work: AuthUnitOfWorkInterface, userId: UUID) -> None:
        """Without a factor to stand in for, codes are good for nothing."""
        if not (await work.users.secondFactorsOf(userId)).areOn:
            await work.recoveryCodes.replace(userId, [])
