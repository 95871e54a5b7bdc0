from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.emailChange import EmailChange


class EmailChangeRepositoryInterface(ABC):
    """Changes of address. Whoever adds or applies one holds the lock of its account."""

    @abstractmethod
    async def replace(self, change: EmailChange) -> None:
        """Void the one of the same user that waits and add this one."""

    @abstractmethod
    async def find(self, changeId: UUID) -> EmailChange | None: ...

    @abstractmethod
    async def findOpen(self, userId: UUID, at: datetime) -> EmailChange | None:
        """The one that waits for its codes."""

    @abstractmethod
    async def voidOpen(self, userId: UUID, at: datetime) -> None: ...

    @abstractmethod
    async def countAsked(self, userId: UUID, since: datetime) -> int: ...

    @abstractmethod
    async def allowRevert(self, changeId: UUID, revertHash: str) -> None:
        """The link with this secret takes it back; an earlier link no longer does."""

    @abstractmethod
    async def findRevertible(self, revertHash: str, at: datetime) -> EmailChange | None: ...

    @abstractmethod
    async def spendRevert(self, change: EmailChange, at: datetime) -> bool:
        """Take it back, and with it the right to take back later ones: of any number of equal tries one is True."""

    @abstractmethod
    async def removeOverBefore(self, before: datetime, most: int) -> int:
        """Forget changes that have been applied, voided or expired since then and cannot be taken back; how many."""
