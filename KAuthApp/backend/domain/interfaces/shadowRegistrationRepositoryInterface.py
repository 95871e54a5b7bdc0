from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from KAuthApp.backend.domain.models.shadowRegistration import ShadowRegistration


class ShadowRegistrationRepositoryInterface(ABC):
    """The latest registration of each address that has not been proven since."""

    @abstractmethod
    async def note(self, shadow: ShadowRegistration) -> str | None:
        """Put it in the place of the one before; the tag that one had."""

    @abstractmethod
    async def findTag(self, addressIndex: str) -> str | None: ...

    @abstractmethod
    async def forget(self, addressIndex: str) -> None: ...

    @abstractmethod
    async def removeExpiredBefore(self, before: datetime, most: int) -> int: ...
