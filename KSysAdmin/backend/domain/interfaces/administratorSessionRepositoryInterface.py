from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.models.administratorSession import AdministratorSession
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy


class AdministratorSessionRepositoryInterface(ABC):
    """Sessions of administrators."""

    @abstractmethod
    async def add(self, row: AdministratorSession) -> None: ...

    @abstractmethod
    async def findActor(self, secretHash: str, policy: AdminSessionPolicy, at: datetime) -> AdminActor | None:
        """Who is behind this live session of an active administrator, with all permissions; None for anything else."""

    @abstractmethod
    async def touch(self, sessionId: UUID, policy: AdminSessionPolicy, at: datetime) -> bool:
        """Push the idle end away; False when the session is over."""

    @abstractmethod
    async def end(self, sessionId: UUID, at: datetime) -> bool:
        """End the session; False when it had ended already."""

    @abstractmethod
    async def endAll(self, administratorId: UUID, at: datetime, exceptId: UUID | None = None) -> Sequence[UUID]:
        """End every session of the administrator, but this one; the ids of those that ended now."""

    @abstractmethod
    async def getUnended(self, administratorId: UUID, sessionId: UUID) -> AdministratorSession:
        """Lock and return one that nobody ended, or SessionNotFoundError."""

    @abstractmethod
    async def listLive(
        self, administratorId: UUID, policy: AdminSessionPolicy, at: datetime
    ) -> Sequence[AdministratorSession]:
        """The last signed in first."""

    @abstractmethod
    async def knowsAddress(self, administratorId: UUID, clientAddress: str) -> bool:
        """Whether this administrator has signed in from this address before, or from the same IPv6 customer's."""
