from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.models.apiKey import ApiKey
from shared.backend.utils.paging import Page, PageInput


class ApiKeyRepositoryInterface(ABC):
    """The keys of one user at a time, as an administrator sees them."""

    @abstractmethod
    async def listPage(self, userId: UUID, page: PageInput) -> Page[ApiKey]:
        """Newest first, revoked ones too."""

    @abstractmethod
    async def getForUpdate(self, userId: UUID, keyId: UUID) -> ApiKey:
        """Lock and return, or ApiKeyNotFoundError."""

    @abstractmethod
    async def idsNotRevokedBefore(self, userId: UUID, since: datetime) -> Sequence[UUID]:
        """The keys of which copies may be about: those that are good, and those revoked after that moment."""
