from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.models.addressEntry import AddressEntry
from shared.backend.utils.paging import Page, PageInput


class AddressEntryRepositoryInterface(ABC):
    """The allow list and the deny list."""

    @abstractmethod
    async def listAll(self) -> Sequence[AddressEntry]:
        """In the order they were made."""

    @abstractmethod
    async def listPage(self, page: PageInput) -> Page[AddressEntry]:
        """Newest first."""

    @abstractmethod
    async def listEnded(self, at: datetime) -> Sequence[AddressEntry]:
        """Those whose end has come."""

    @abstractmethod
    async def getForUpdate(self, entryId: UUID) -> AddressEntry:
        """Lock and return, or AddressEntryNotFoundError."""

    @abstractmethod
    async def add(self, row: AddressEntry) -> None:
        """Insert, or AddressEntryExistsError."""

    @abstractmethod
    async def save(self, entry: AddressEntry) -> None:
        """Write a changed one, or AddressEntryExistsError."""

    @abstractmethod
    async def remove(self, row: AddressEntry) -> None: ...
