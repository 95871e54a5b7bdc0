from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.models.userKey import UserKey


class PersonalOpenerInterface(ABC):
    """Opens what is sealed with a person's key, and seals what administrators say of a person for the audit."""

    @abstractmethod
    def newKey(self, userId: UUID, at: datetime) -> UserKey: ...

    @abstractmethod
    def seal(self, key: UserKey, text: str, purpose: str) -> str: ...

    @abstractmethod
    def open(self, key: UserKey, sealed: str, purpose: str) -> str | None:
        """The text, or None when a key that is gone sealed it."""
