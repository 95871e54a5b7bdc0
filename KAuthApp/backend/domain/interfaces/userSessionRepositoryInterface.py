from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.endedCredentials import EndedCredentials
from KAuthApp.backend.domain.models.userSession import SessionEndReason, UserSession
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from shared.backend.utils.paging import Page, PageInput


class UserSessionRepositoryInterface(ABC):
    """The sessions. Whoever adds one or ends several holds the account's lock."""

    @abstractmethod
    async def add(self, session: UserSession) -> None: ...

    @abstractmethod
    async def getForUpdate(self, userId: UUID, sessionId: UUID) -> UserSession:
        """Lock and return this user's session, live or ended, or raise SessionNotFoundError."""

    @abstractmethod
    async def findFamilyForUpdate(self, refreshTokenHash: str) -> UserSession | None:
        """Lock and return the session that this refresh token belongs to, whoever's it is: for who holds the token."""

    @abstractmethod
    async def findBySecretForUpdate(self, secretHash: str) -> UserSession | None:
        """Lock and return the browser's session, live or ended, whoever's it is: for who holds its secret."""

    @abstractmethod
    async def listLive(self, userId: UUID, at: datetime, page: PageInput) -> Page[UserSession]:
        """The user's live sessions, the newest first: one that is used meanwhile stays where it is."""

    @abstractmethod
    async def endAll(
        self,
        userId: UUID,
        reason: SessionEndReason,
        at: datetime,
        *,
        latelySince: datetime,
        exceptId: UUID | None = None,
    ) -> EndedCredentials:
        """End the user's sessions that have not ended, but this one; with them those that ended after `latelySince`."""

    @abstractmethod
    async def touch(self, sessionId: UUID, seenAt: datetime, policy: SessionPolicy) -> bool:
        """Write down the use of a session, if none was written down of late; False when another was faster."""

    @abstractmethod
    async def removeEndedBefore(self, before: datetime, most: int) -> int:
        """Forget sessions that ended, or would have ended by themselves, before then; how many."""
