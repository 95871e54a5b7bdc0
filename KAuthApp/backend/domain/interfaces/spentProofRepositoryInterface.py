from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime


class SpentProofRepositoryInterface(ABC):
    """Proofs of work that have been accepted."""

    @abstractmethod
    async def spend(self, challengeHash: str, expiresAt: datetime) -> bool:
        """Of any number of callers with the same proof one is told True."""

    @abstractmethod
    async def removeExpiredBefore(self, before: datetime, most: int) -> int: ...
