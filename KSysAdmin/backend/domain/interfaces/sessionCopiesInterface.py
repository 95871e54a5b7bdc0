from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.policies.adminActor import AdminActor


class SessionCopiesInterface(ABC):
    """The copies of sessions in Redis, which the gateway and the servers read."""

    @abstractmethod
    async def writeAdministrator(self, secretHash: str, actor: AdminActor) -> None:
        """Tell the gateway who this is; Redis being away only costs the caller the address's limit."""

    @abstractmethod
    async def endAdministratorSessions(self, sessionIds: Sequence[UUID], until: datetime) -> None:
        """RevocationPendingError when Redis is away: the outbox finishes it."""

    @abstractmethod
    async def rereadUserCopies(self, credentialIds: Sequence[UUID], at: datetime) -> None:
        """Drop the copies of sessions and API keys that stay good but not as they were; they are read anew.

        For a minute none is written: whoever read them before may still be about to.
        RevocationPendingError when Redis is away: the outbox finishes it.
        """

    @abstractmethod
    async def endAdministratorSessionsOrLeave(self, sessionIds: Sequence[UUID], until: datetime) -> None:
        """As above; while Redis is away the outbox alone finishes it. The copies let nobody in."""

    @abstractmethod
    def oldestOfUsers(self, at: datetime) -> datetime:
        """A session or API key of a user that ended before then cannot have a copy left."""

    @abstractmethod
    async def endUserSessions(self, sessionIds: Sequence[UUID], until: datetime) -> None:
        """RevocationPendingError when Redis is away: the outbox finishes it."""
