from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from KAuthApp.backend.domain.models.signingKey import SigningKey


class SigningKeyRepositoryInterface(ABC):
    """The keys that sign access tokens."""

    @abstractmethod
    async def lockAll(self) -> None:
        """Keep every other process from creating or retiring a key until the end of the transaction."""

    @abstractmethod
    async def listPublished(self, at: datetime) -> Sequence[SigningKey]:
        """Every key that verifies tokens now, the oldest first."""

    @abstractmethod
    async def add(self, key: SigningKey) -> None: ...
