from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from shared.backend.http.credentials import Credential
from shared.backend.utils.valueObject import ValueObject

EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


class Actor(ValueObject):
    """Who is asking: the owner of the payments."""

    userId: UUID
    kind: Literal["session", "apiKey"] = "session"
    scopes: tuple[str, ...] = ()
    authenticatedAt: datetime = EARLIEST
    hasSecondFactor: bool = False

    @property
    def permissions(self) -> tuple[str, ...]:
        """Those are for administrators."""
        return ()


class IdentityReaderInterface(ABC):
    """Turns what a caller showed into who they are; another service knows."""

    @abstractmethod
    async def resolve(self, credential: Credential) -> Actor:
        """The actor, or UnauthorizedError."""
