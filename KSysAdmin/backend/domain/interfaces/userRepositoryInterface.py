from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.models.endedSessions import EndedSessions
from KSysAdmin.backend.domain.models.userAccount import UserAccount, UserStatus
from KSysAdmin.backend.domain.models.userSession import SessionEndReason, UserSession
from shared.backend.utils.paging import Page, PageInput
from shared.backend.utils.valueObject import ValueObject


class UserFilter(ValueObject):
    """Which users: beginnings of words of address or name, a status, a role."""

    query: str | None = None
    status: UserStatus | None = None
    role: str | None = None


class UserFactors(ValueObject):
    """Which second factors a user has."""

    totp: bool
    passkeys: int
    recoveryCodesLeft: int

    @property
    def areAny(self) -> bool:
        return self.totp or self.passkeys > 0 or self.recoveryCodesLeft > 0


class UserRepositoryInterface(ABC):
    """Accounts of the public server as an administrator sees them."""

    @abstractmethod
    async def listPage(self, wanted: UserFilter, page: PageInput) -> Page[UserAccount]: ...

    @abstractmethod
    async def get(self, userId: UUID) -> UserAccount:
        """UserNotFoundError when there is none."""

    @abstractmethod
    async def getForUpdate(self, userId: UUID) -> UserAccount:
        """Lock and return, or UserNotFoundError."""

    @abstractmethod
    async def liveSessions(self, userId: UUID, at: datetime) -> Sequence[UserSession]:
        """Newest first."""

    @abstractmethod
    async def sessionIdsNotEndedBefore(self, userId: UUID, since: datetime) -> Sequence[UUID]:
        """The sessions of which copies may be about: those that are good, and those that ended after that moment."""

    @abstractmethod
    async def factorsOf(self, userId: UUID) -> UserFactors: ...

    @abstractmethod
    async def removeFactors(self, userId: UUID) -> None:
        """Authenticator app, begun or in use, passkeys and recovery codes. The account is locked."""

    @abstractmethod
    async def endHalfSignIns(self, userId: UUID, at: datetime) -> None:
        """Use up whatever the user began that waits for its second half. The account is locked."""

    @abstractmethod
    async def liveSessionsPage(self, userId: UUID, at: datetime, page: PageInput) -> Page[UserSession]:
        """The last signed in first."""

    @abstractmethod
    async def endSessions(
        self, userId: UUID, reason: SessionEndReason, at: datetime, latelySince: datetime
    ) -> EndedSessions:
        """End every session that has not ended; those that were still good, and those that ended after `latelySince`.

        The account is locked.
        """
