from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from uuid import UUID

from KSysAdmin.backend.domain.models.role import Role
from KSysAdmin.backend.domain.policies.permission import Permission
from shared.backend.utils.paging import Page, PageInput


class RoleRepositoryInterface(ABC):
    """Roles of administrators."""

    @abstractmethod
    async def listPage(self, page: PageInput) -> Page[Role]:
        """In the order of their names."""

    @abstractmethod
    async def getByName(self, name: str) -> Role:
        """RoleNotFoundError when there is none."""

    @abstractmethod
    async def getForUpdate(self, roleId: UUID) -> Role:
        """Lock and return, or RoleNotFoundError."""

    @abstractmethod
    async def getByNameForUpdate(self, name: str) -> Role:
        """Lock and return, or RoleNotFoundError."""

    @abstractmethod
    async def getAll(self, roleIds: Collection[UUID]) -> Sequence[Role]:
        """Each of them, or RoleNotFoundError."""

    @abstractmethod
    async def permissionsOf(self, roles: Sequence[Role]) -> dict[UUID, frozenset[Permission]]:
        """What each role holds; the built-in owner holds everything."""

    @abstractmethod
    async def addWith(self, role: Role, permissions: frozenset[Permission]) -> None:
        """Insert, or RoleExistsError."""

    @abstractmethod
    async def saveWith(self, role: Role, permissions: frozenset[Permission]) -> None:
        """Write a changed role with exactly these permissions, or RoleExistsError."""

    @abstractmethod
    async def remove(self, row: Role) -> None:
        """RoleInUseError while someone has it."""
