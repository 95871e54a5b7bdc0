from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from uuid import UUID

from KSysAdmin.backend.domain.models.userKey import UserKey


class UserKeyRepositoryInterface(ABC):
    """The personal keys: one a person, never changed, deleted with the account."""

    @abstractmethod
    async def keysOf(self, userIds: Collection[UUID]) -> Mapping[UUID, UserKey]:
        """Those there are; who has been erased has none."""

    @abstractmethod
    async def addUnlessThere(self, key: UserKey) -> UserKey:
        """The person's key from now on: this one, or the one that was there or was added first."""
