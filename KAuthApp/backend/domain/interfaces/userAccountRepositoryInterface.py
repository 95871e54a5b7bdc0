from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.userAccount import UserAccount


class UserAccountRepositoryInterface(ABC):
    """The accounts. Locks are held until the end of the transaction."""

    @abstractmethod
    async def register(self, account: UserAccount, isContested: bool = False) -> UserAccount | None:
        """Insert, or renew the registration of an unproven address, in one statement; None when it is taken.

        `isContested`: the registration before this one had another password.
        """

    @abstractmethod
    async def findByEmail(self, email: EmailAddress) -> UserAccount | None: ...

    @abstractmethod
    async def findByEmailForUpdate(self, email: EmailAddress) -> UserAccount | None: ...

    @abstractmethod
    async def removeUnprovenBefore(self, before: datetime, most: int) -> Sequence[UUID]:
        """Forget accounts that were last registered before then and never proven; which."""

    @abstractmethod
    async def get(self, userId: UUID) -> UserAccount:
        """The account, or UnauthenticatedError: ids come from sessions only."""

    @abstractmethod
    async def getForUpdate(self, userId: UUID) -> UserAccount:
        """As `get`, locked against every other change of the account and of its set of sessions."""

    @abstractmethod
    async def moveTo(self, user: UserAccount, email: EmailAddress, at: datetime) -> None:
        """Give the locked account a proven address, which ends registrations of it that nobody has proven.

        EmailTakenError when another account has it by now, however close the race: then nothing can be committed.
        """

    @abstractmethod
    async def secondFactorsOf(self, userId: UUID) -> SecondFactors:
        """What the account has beside its password; believe it only with the account locked."""
