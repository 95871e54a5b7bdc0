from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.models.administratorChallenge import AdministratorChallenge, ChallengeKind
from KSysAdmin.backend.domain.models.administratorInvitation import AdministratorInvitation


class ChallengeRepositoryInterface(ABC):
    """Sign-ins half done."""

    @abstractmethod
    async def add(self, row: AdministratorChallenge) -> None: ...

    @abstractmethod
    async def findOpen(self, tokenHash: str, kind: ChallengeKind, at: datetime) -> AdministratorChallenge | None: ...

    @abstractmethod
    async def takeTry(self, tokenHash: str, kind: ChallengeKind, at: datetime) -> AdministratorChallenge | None:
        """Count one try and return the challenge; None when it is unknown, spent, expired or tried too often."""

    @abstractmethod
    async def spend(self, challengeId: UUID, at: datetime) -> bool:
        """Use it up; False when someone else did."""

    @abstractmethod
    async def voidEnrollments(self, administratorId: UUID, at: datetime) -> None:
        """Use up every sign-in of this administrator that waits to set a first factor up."""

    @abstractmethod
    async def voidAll(self, administratorId: UUID, at: datetime) -> None:
        """Use up whatever of this administrator waits for its second half."""

    @abstractmethod
    async def spendByToken(self, tokenHash: str, kind: ChallengeKind, at: datetime) -> bool:
        """Use it up; False when it is unknown, spent or expired."""

    @abstractmethod
    async def removeExpired(self, before: datetime) -> int: ...


class InvitationRepositoryInterface(ABC):
    """One-time links."""

    @abstractmethod
    async def replace(self, invitation: AdministratorInvitation) -> None:
        """Add this one; those that the same administrator was given before are good for nothing."""

    @abstractmethod
    async def findOpen(self, tokenHash: str, at: datetime) -> AdministratorInvitation | None:
        """Look without using it up."""

    @abstractmethod
    async def hasYoung(self, administratorId: UUID, madeAfter: datetime) -> bool:
        """Whether one was given out since then that is not used."""

    @abstractmethod
    async def spend(self, invitationId: UUID, at: datetime) -> bool:
        """Use it up; False when it is used or expired."""

    @abstractmethod
    async def voidAll(self, administratorId: UUID, at: datetime) -> None:
        """No link that was given out before is good any more."""


class SignInFailureRepositoryInterface(ABC):
    """Wrong passwords in a row, by account and address."""

    @abstractmethod
    async def findByKey(self, keyHash: str) -> tuple[int, datetime] | None:
        """How many and when the last one was."""

    @abstractmethod
    async def count(self, keyHash: str, at: datetime) -> int:
        """One more; how many there are now."""

    @abstractmethod
    async def takeBack(self, keyHash: str) -> None:
        """One less."""

    @abstractmethod
    async def clear(self, keyHash: str) -> None: ...

    @abstractmethod
    async def removeOlder(self, before: datetime) -> int: ...
