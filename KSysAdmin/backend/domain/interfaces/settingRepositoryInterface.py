from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from uuid import UUID

from KSysAdmin.backend.domain.models.publication import Publication, PublicationName
from KSysAdmin.backend.domain.models.rateLimitPolicy import RateLimitPolicy
from KSysAdmin.backend.domain.models.setting import Setting, SettingHistory
from shared.backend.utils.paging import Page, PageInput


class SettingRepositoryInterface(ABC):
    """Stored settings and what they were before."""

    @abstractmethod
    async def listAll(self) -> Mapping[str, Setting]: ...

    @abstractmethod
    async def findByKey(self, key: str) -> Setting | None: ...

    @abstractmethod
    async def store(self, setting: Setting, change: SettingHistory) -> None: ...

    @abstractmethod
    async def history(self, key: str, page: PageInput) -> Page[SettingHistory]:
        """Newest first."""


class PublicationRepositoryInterface(ABC):
    """The versions under which sets are published."""

    @abstractmethod
    async def lock(self, name: PublicationName) -> Publication:
        """Take it for the rest of the transaction: changes of one set follow each other."""

    @abstractmethod
    async def version(self, name: PublicationName) -> int: ...


class PolicyRepositoryInterface(ABC):
    """Stored rate limits."""

    @abstractmethod
    async def listAll(self) -> Sequence[RateLimitPolicy]:
        """In the order they were made."""

    @abstractmethod
    async def listPage(self, page: PageInput) -> Page[RateLimitPolicy]:
        """In the order of their names."""

    @abstractmethod
    async def getForUpdate(self, policyId: UUID) -> RateLimitPolicy:
        """Lock and return, or RateLimitPolicyNotFoundError."""

    @abstractmethod
    async def add(self, row: RateLimitPolicy) -> None:
        """Insert, or RateLimitPolicyExistsError."""

    @abstractmethod
    async def save(self, policy: RateLimitPolicy) -> None:
        """Write a changed one, or RateLimitPolicyExistsError."""

    @abstractmethod
    async def remove(self, row: RateLimitPolicy) -> None: ...
