from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.refreshToken import RefreshToken


class RefreshTokenRepositoryInterface(ABC):
    """The chains of refresh tokens. Whoever changes one holds the lock of its session."""

    @abstractmethod
    async def add(self, token: RefreshToken) -> None: ...

    @abstractmethod
    async def findFamily(self, tokenHash: str) -> UUID | None:
        """The session this token belongs to, read without a lock."""

    @abstractmethod
    async def findInFamily(self, sessionId: UUID, tokenHash: str) -> RefreshToken | None:
        """The token as it is now; call it with the session locked."""

    @abstractmethod
    async def findPredecessor(self, sessionId: UUID, tokenId: UUID) -> RefreshToken | None:
        """The token that gave way to this one."""

    @abstractmethod
    async def forgetSuccessorsOf(self, usedBefore: datetime, most: int) -> int:
        """Drop the sealed texts of successors whose time for repeats is over; how many."""
