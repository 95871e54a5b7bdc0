from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.userRecoveryCode import UserRecoveryCode


class UserRecoveryCodeRepositoryInterface(ABC):
    """The codes that stand in for a lost factor."""

    @abstractmethod
    async def replace(self, userId: UUID, codes: Sequence[UserRecoveryCode]) -> None:
        """These and no others, used or not; none at all when empty."""

    @abstractmethod
    async def spend(self, userId: UUID, codeHash: str, at: datetime) -> bool:
        """Use it up by one conditional statement: of any number of callers one is told True."""

    @abstractmethod
    async def countLeft(self, userId: UUID) -> int: ...
