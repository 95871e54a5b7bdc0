from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.models.userKey import UserKey


class PersonalSealerInterface(ABC):
    """Seals what is personal with the key of its person; erasing the key erases it, in backups too.

    `purpose` says where a text belongs (`totp`, `session:{id}:device`): it opens there and nowhere else.
    """

    @abstractmethod
    def newKey(self, userId: UUID, at: datetime) -> UserKey: ...

    @abstractmethod
    def seal(self, key: UserKey, text: str, purpose: str) -> str: ...

    @abstractmethod
    def unseal(self, key: UserKey, sealed: str, purpose: str) -> str | None:
        """The text, or None when a key that is gone sealed it."""
