from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.models.administratorFactor import AdministratorRecoveryCode, AdministratorTotp


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
    async def addRecoveryCodes(self, codes: Sequence[AdministratorRecoveryCode]) -> None: ...

    @abstractmethod
    async def spendRecoveryCode(self, administratorId: UUID, codeHash: str, at: datetime) -> bool: ...

    @abstractmethod
    async def countRecoveryCodes(self, administratorId: UUID) -> int:
        """How many are left."""
