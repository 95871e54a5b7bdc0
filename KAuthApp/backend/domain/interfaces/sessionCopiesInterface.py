from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.sessionCopy import SessionCopy


class SessionCopiesInterface(ABC):
    """Fast copies of live sessions. They may be lost at any time; PostgreSQL holds the truth."""

    @abstractmethod
    async def era(self) -> str | None:
        """Ask before reading the truth that will be copied: it changes when the store forgets what has ended.

        None when the store is away.
        """

    @abstractmethod
    async def write(self, copy: SessionCopy, era: str | None) -> None:
        """Keep the copy, unless its session has ended or the store has forgotten things since `era`.

        A store that is away, now or then, is no reason to fail.
        """

    @abstractmethod
    async def read(self, credentialHash: str) -> SessionCopy | None:
        """The copy, or None when there is none or the store is away."""

    @abstractmethod
    def oldest(self, at: datetime) -> datetime:
        """A session that ended before then cannot have a copy left."""

    @abstractmethod
    async def endSessions(self, sessionIds: Sequence[UUID], at: datetime) -> None:
        """Delete every copy of these sessions and let none be written again; RevocationPendingError when away."""

    @abstractmethod
    async def reread(self, sessionIds: Sequence[UUID], at: datetime) -> None:
        """Drop every copy of sessions that go on but not as they were; for a minute the truth is read instead.

        Whoever read them before may still be about to write. RevocationPendingError when away.
        """

    @abstractmethod
    async def renew(self, sessionId: UUID, retiredHash: str | None, at: datetime) -> None:
        """Drop every copy of a session that goes on, and let none be written again for the credential it gave up.

        RevocationPendingError when away.
        """
