from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.models.role import Role
from shared.backend.utils.paging import Page, PageInput


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
    async def countTry(self, administratorId: UUID) -> int:
        """The how manieth in a row it is, as long as it is not taken back; 0 for nobody."""

    @abstractmethod
    async def lockTries(self, email: str) -> None:
        """Tries at one address go one after the other until each commits, whether or not somebody has it."""

    @abstractmethod
    async def takeTryBack(self, administratorId: UUID) -> None: ...

    @abstractmethod
    async def giveRole(self, administratorId: UUID, roleId: UUID) -> None: ...

    @abstractmethod
    async def replaceRoles(self, administratorId: UUID, roles: Collection[Role]) -> None: ...

    @abstractmethod
    async def rolesOf(self, administratorIds: Collection[UUID]) -> Mapping[UUID, Sequence[Role]]:
        """The roles of each of them, in the order of their names."""

    @abstractmethod
    async def listPage(self, page: PageInput) -> Page[Administrator]:
        """In the order of their addresses."""

    @abstractmethod
    async def find(self, rowId: UUID) -> Administrator | None: ...

    @abstractmethod
    async def countActiveWith(self, roleId: UUID) -> int:
        """How many active administrators have this role, as the transaction sees it."""
