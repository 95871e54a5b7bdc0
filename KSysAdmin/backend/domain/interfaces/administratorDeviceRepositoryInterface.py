from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.models.administratorDevice import AdministratorDevice


class AdministratorDeviceRepositoryInterface(ABC):
    """Browsers that administrators have signed in with."""

    @abstractmethod
    async def add(self, row: AdministratorDevice) -> None: ...

    @abstractmethod
    async def recognise(self, administratorId: UUID, tokenHash: str, at: datetime) -> bool:
        """Whether it is one of this administrator's; it is remembered for longer then."""

    @abstractmethod
    async def hasAny(self, administratorId: UUID) -> bool: ...

    @abstractmethod
    async def forgetAll(self, administratorId: UUID) -> None: ...

    @abstractmethod
    async def removeExpired(self, at: datetime) -> int: ...
