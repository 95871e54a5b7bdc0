from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.userTotp import UserTotp


class UserTotpRepositoryInterface(ABC):
    """The authenticator apps, one for an account."""

    @abstractmethod
    async def findOf(self, userId: UUID) -> UserTotp | None:
        """The one confirmed or proposed."""

    @abstractmethod
    async def propose(self, totp: UserTotp) -> bool:
        """Keep this proposal in place of the one before; False, and nothing kept, when one is confirmed."""

    @abstractmethod
    async def confirm(self, userId: UUID, secretSealed: str, step: int, at: datetime) -> bool:
        """Make this very proposal count, its first code's step spent; of any number of callers one is told True."""

    @abstractmethod
    async def spendStep(self, userId: UUID, step: int) -> bool:
        """Spend the code of this step, if none as new was spent: one conditional statement, one True. Failures before
        it are forgotten.
        """

    @abstractmethod
    async def countFailure(self, userId: UUID, at: datetime) -> None: ...

    @abstractmethod
    async def removeConfirmed(self, userId: UUID) -> bool:
        """False when there was none."""
