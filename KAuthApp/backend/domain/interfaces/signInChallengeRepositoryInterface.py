from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy


class SignInChallengeRepositoryInterface(ABC):
    """What has been begun and waits to be finished. Open means neither used nor expired."""

    @abstractmethod
    async def add(self, challenge: SignInChallenge) -> None: ...

    @abstractmethod
    async def findOpen(self, challengeId: UUID, kind: ChallengeKind, at: datetime) -> SignInChallenge | None: ...

    @abstractmethod
    async def findOpenByWebAuthn(self, webAuthnChallenge: bytes, at: datetime) -> SignInChallenge | None:
        """The open challenge, of whatever kind, whose bytes an authenticator signed."""

    @abstractmethod
    async def spend(self, challengeId: UUID, at: datetime) -> bool:
        """Use it up by one conditional statement: of any number of callers one is told True."""

    @abstractmethod
    async def countFailure(self, challengeId: UUID, policy: ChallengePolicy, at: datetime) -> None:
        """A wrong answer; the last one allowed uses the challenge up."""

    @abstractmethod
    async def voidAll(self, userId: UUID, at: datetime) -> None:
        """Use up every open challenge of this user: what they rest on has changed."""

    @abstractmethod
    async def removeExpiredBefore(self, before: datetime, most: int) -> int: ...
