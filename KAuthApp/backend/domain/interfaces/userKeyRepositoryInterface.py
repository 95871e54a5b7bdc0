from __future__ import annotations

from abc import ABC, abstractmethod
from uuid import UUID

from KAuthApp.backend.domain.models.userKey import UserKey


class UserKeyRepositoryInterface(ABC):
    """The personal keys: one a person, never changed, deleted with the account."""

    @abstractmethod
    async def find(self, userId: UUID) -> UserKey | None: ...

    @abstractmethod
    async def addUnlessThere(self, key: UserKey) -> UserKey:
        """The person's key from now on: this one, or the one that another request added first."""
