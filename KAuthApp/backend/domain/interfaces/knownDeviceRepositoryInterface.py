from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.knownDevice import KnownDevice


class KnownDeviceRepositoryInterface(ABC):
    """The browsers that signed in before, of one person at a time."""

    @abstractmethod
    async def recognise(self, userId: UUID, tokenHashes: Sequence[str], at: datetime) -> KnownDevice | None:
        """The device of this person with one of these secrets, if it has not expired."""

    @abstractmethod
    async def add(self, device: KnownDevice) -> None: ...

    @abstractmethod
    async def renew(
        self, userId: UUID, tokenHashes: Sequence[str], usedAt: datetime, expiresAt: datetime
    ) -> UUID | None:
        """The device that `recognise` would find was used again and is known for longer; its id."""

    @abstractmethod
    async def keepNewest(self, userId: UUID, most: int) -> None:
        """Forget the devices used longest ago."""

    @abstractmethod
    async def forgetAll(self, userId: UUID, exceptHashes: Sequence[str] = ()) -> int:
        """Forget every device of this person but those with one of these secrets; how many."""

    @abstractmethod
    async def removeExpiredBefore(self, before: datetime, most: int) -> int: ...
