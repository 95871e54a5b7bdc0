from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.models.administratorPasskey import AdministratorPasskey
from shared.backend.webAuthn.ceremoniesInterface import VerifiedAssertion


class AdministratorPasskeyRepositoryInterface(ABC):
    """Passkeys of administrators. Whoever adds or removes one holds the administrator's lock."""

    @abstractmethod
    async def add(self, row: AdministratorPasskey) -> None:
        """PasskeyTakenError when any administrator has this credential; the transaction is over then."""

    @abstractmethod
    async def listOf(self, administratorId: UUID) -> Sequence[AdministratorPasskey]:
        """The oldest first."""

    @abstractmethod
    async def get(self, administratorId: UUID, passkeyId: UUID) -> AdministratorPasskey:
        """This administrator's passkey, or PasskeyNotFoundError."""

    @abstractmethod
    async def findOf(self, administratorId: UUID, credentialId: bytes) -> AdministratorPasskey | None: ...

    @abstractmethod
    async def recordUse(self, passkeyId: UUID, assertion: VerifiedAssertion, at: datetime) -> bool:
        """Write its use down by one conditional update; False, and nothing written, when its counter went back."""

    @abstractmethod
    async def markRegressed(self, passkeyId: UUID, at: datetime) -> None:
        """Its counter went back: there may be a copy of it."""

    @abstractmethod
    async def remove(self, row: AdministratorPasskey) -> None: ...
