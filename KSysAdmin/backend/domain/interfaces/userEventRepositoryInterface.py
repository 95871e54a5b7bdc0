from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from KSysAdmin.backend.domain.models.userEvent import UserEvent


class UserEventRepositoryInterface(ABC):
    """The feed of what changed of users, in the order of commits."""

    @abstractmethod
    async def placeWaiting(self, most: int) -> int:
        """Give committed events their place; how many."""

    @abstractmethod
    async def readAfter(self, position: int, most: int) -> Sequence[UserEvent]:
        """Those with a place after this one."""
