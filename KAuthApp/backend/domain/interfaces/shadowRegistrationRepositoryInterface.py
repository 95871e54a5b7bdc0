from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from KAuthApp.backend.domain.models.shadowRegistration import ShadowRegistration


class ShadowRegistrationRepositoryInterface(ABC):
    """The latest registration of each address that has not been proven since."""

    @abstractmethod
    async def note(self, shadow: ShadowRegistration) -> str | None:
        """Put it in the place of the one before, in one statement; the tag that one had.

        Its row is locked before the account's, here and wherever an address is proven or erased.
        """

    @abstractmethod
    async def lock(self, addressIndex: str) -> None:
        """Keep the registration as it is until the commit, if there is one."""

    @abstractmethod
    async def findTag(self, addressIndex: str) -> str | None: ...

    @abstractmethod
    async def forget(self, addressIndex: str) -> None: ...

    @abstractmethod
    async def removeExpiredBefore(self, before: datetime, most: int) -> int: ...
