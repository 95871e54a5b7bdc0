from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from uuid import UUID

from KSysAdmin.backend.domain.models.userKey import UserKey


class UserKeyRepositoryInterface(ABC):
    """The personal keys, to read with."""

    @abstractmethod
    async def keysOf(self, userIds: Collection[UUID]) -> Mapping[UUID, UserKey]:
        """Those there are; who has been erased has none."""
