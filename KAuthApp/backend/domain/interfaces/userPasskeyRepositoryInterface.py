from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userPasskey import UserPasskey
from shared.backend.utils.paging import Page, PageInput
from shared.backend.webAuthn.ceremoniesInterface import CredentialHint, VerifiedAssertion


class UserPasskeyRepositoryInterface(ABC):
    """The passkeys. Whoever adds or removes one holds the account's lock."""

    @abstractmethod
    async def add(self, passkey: UserPasskey) -> None:
        """PasskeyTakenError when any account has this credential; the transaction is over then."""

    @abstractmethod
    async def listOf(self, userId: UUID) -> Sequence[UserPasskey]:
        """The oldest first."""

    @abstractmethod
    async def listPage(self, userId: UUID, page: PageInput) -> Page[UserPasskey]:
        """The same, page by page."""

    @abstractmethod
    async def get(self, userId: UUID, passkeyId: UUID) -> UserPasskey:
        """This user's passkey, or PasskeyNotFoundError."""

    @abstractmethod
    async def findOf(self, userId: UUID, credentialId: bytes) -> UserPasskey | None: ...

    @abstractmethod
    async def findWithOwner(self, credentialId: bytes) -> tuple[UserPasskey, UserAccount] | None:
        """Whose it is, read without a lock."""

    @abstractmethod
    async def hintsFor(self, email: EmailAddress) -> Sequence[CredentialHint]:
        """What a browser should look for to sign in with this address; nothing for an address without passkeys."""

    @abstractmethod
    async def recordUse(self, passkeyId: UUID, assertion: VerifiedAssertion, at: datetime) -> bool:
        """Write its use down by one conditional statement; False, and nothing written, when its counter went back."""

    @abstractmethod
    async def markRegressed(self, passkeyId: UUID, at: datetime) -> None:
        """Its counter went back: there may be a copy of it."""

    @abstractmethod
    async def remove(self, passkey: UserPasskey) -> None: ...
