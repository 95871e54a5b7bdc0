from __future__ import annotations

from abc import ABC, abstractmethod
from uuid import UUID

from KSysAdmin.backend.domain.models.administrator import Administrator


class AdministratorRepositoryInterface(ABC):
    """Those who operate the platform."""

    @abstractmethod
    async def add(self, row: Administrator) -> None:
        """Insert, or AdministratorExistsError."""

    @abstractmethod
    async def lockCreation(self) -> None:
        """Keep every other process from making an administrator until the end of the transaction."""

    @abstractmethod
    async def isAnyThere(self) -> bool:
        """Whether the first one has been made."""

    @abstractmethod
    async def findByEmail(self, email: str) -> Administrator | None: ...

    @abstractmethod
    async def getForUpdate(self, administratorId: UUID) -> Administrator:
        """Lock and return, or AdministratorNotFoundError."""

    @abstractmethod
    async def countFailure(self, administratorId: UUID) -> None: ...

    @abstractmethod
    async def giveRole(self, administratorId: UUID, roleId: UUID) -> None: ...
