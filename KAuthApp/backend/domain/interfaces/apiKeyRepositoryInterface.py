from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.apiKey import ApiKey
from KAuthApp.backend.domain.models.endedCredentials import EndedCredentials
from shared.backend.utils.paging import Page, PageInput


class ApiKeyRepositoryInterface(ABC):
    """Keys of one user at a time; another user's key is not found."""

    @abstractmethod
    async def add(self, key: ApiKey) -> None: ...

    @abstractmethod
    async def countLive(self, userId: UUID, at: datetime) -> int:
        """Keys that are neither revoked nor expired; believe it only with the account locked."""

    @abstractmethod
    async def listPage(self, userId: UUID, page: PageInput) -> Page[ApiKey]:
        """The user's keys that are not revoked, newest first."""

    @abstractmethod
    async def getForUpdate(self, userId: UUID, keyId: UUID) -> ApiKey:
        """Lock and return the key, revoked or not, or raise ApiKeyNotFoundError."""

    @abstractmethod
    async def idsNotRevokedBefore(self, userId: UUID, since: datetime) -> Sequence[UUID]:
        """The user's keys of which copies may be about: those that are good, and those revoked after that moment."""

    @abstractmethod
    async def revokeIssuedSince(
        self, userId: UUID, since: datetime, at: datetime, *, latelySince: datetime
    ) -> EndedCredentials:
        """Revoke those that were made at or after `since`; with them such as were revoked after `latelySince`."""

    @abstractmethod
    async def touch(self, keyId: UUID, usedAt: datetime, unseenSince: datetime) -> None:
        """Write down the use of a key not written down since `unseenSince`."""
