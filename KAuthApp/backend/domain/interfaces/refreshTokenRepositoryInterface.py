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
    async def findInFamily(self, sessionId: UUID, tokenHash: str) -> tuple[RefreshToken, RefreshToken | None] | None:
        """The token as it is now, and the one that gave way to it; call it with the session locked."""

    @abstractmethod
    async def forgetSuccessorsOf(self, usedBefore: datetime, most: int) -> int:
        """Drop the sealed texts of successors whose time for repeats is over; how many."""
