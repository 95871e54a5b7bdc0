from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SealedSecret
from KSysAdmin.backend.domain.models.administratorFactor import AdministratorRecoveryCode, AdministratorTotp
from shared.backend.utils.valueObject import ValueObject


class FactorStanding(ValueObject):
    """Which second factors one administrator has."""

    hasTotp: bool = False
    passkeys: int = 0
    recoveryCodesLeft: int = 0


class AdministratorFactorRepositoryInterface(ABC):
    """Second factors. Each `spend` is one conditional update: of many equal tries one wins."""

    @abstractmethod
    async def findTotp(self, administratorId: UUID) -> AdministratorTotp | None: ...

    @abstractmethod
    async def replaceUnconfirmed(self, totp: AdministratorTotp) -> bool:
        """Store a secret to be confirmed in place of an older unconfirmed one; False when one is confirmed."""

    @abstractmethod
    async def confirm(self, totp: AdministratorTotp, step: int, at: datetime) -> bool:
        """Confirm exactly this secret with the code of this step."""

    @abstractmethod
    async def spendStep(self, administratorId: UUID, step: int) -> bool:
        """Use up this step and every older one; False when it was used."""

    @abstractmethod
    async def countFailure(self, administratorId: UUID, at: datetime) -> None: ...

    @abstractmethod
    async def clearFailures(self, administratorId: UUID) -> None: ...

    @abstractmethod
    async def propose(self, administratorId: UUID, sealed: str) -> bool:
        """Keep the secret of another app beside the confirmed one; False when none is confirmed."""

    @abstractmethod
    async def replaceByProposed(self, totp: AdministratorTotp, sealed: SealedSecret, step: int, at: datetime) -> bool:
        """Put exactly the proposed secret in the old one's place; `step` counts as used. False when it is gone."""

    @abstractmethod
    async def removeTotp(self, administratorId: UUID) -> bool:
        """False when there was none."""

    @abstractmethod
    async def removeAll(self, administratorId: UUID) -> None:
        """Every second factor and every recovery code."""

    @abstractmethod
    async def replaceRecoveryCodes(self, administratorId: UUID, codes: Sequence[AdministratorRecoveryCode]) -> None:
        """From now on only these are good."""

    @abstractmethod
    async def spendRecoveryCode(self, administratorId: UUID, codeHash: str, at: datetime) -> bool: ...

    @abstractmethod
    async def countRecoveryCodes(self, administratorId: UUID) -> int:
        """How many are left."""

    @abstractmethod
    async def standingOf(self, administratorIds: Collection[UUID]) -> Mapping[UUID, FactorStanding]:
        """Of each of them."""
