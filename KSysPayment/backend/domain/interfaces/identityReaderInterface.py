from __future__ import annotations

from abc import ABC, abstractmethod
from uuid import UUID

from shared.backend.http.credentials import Credential
from shared.backend.utils.valueObject import ValueObject


class Actor(ValueObject):
    """Who is asking: the owner of the payments."""

    userId: UUID


class IdentityReaderInterface(ABC):
    """Turns what a caller showed into who they are; another service knows."""

    @abstractmethod
    async def resolve(self, credential: Credential) -> Actor:
        """The actor, or UnauthorizedError."""
