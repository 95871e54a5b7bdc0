from __future__ import annotations

from abc import ABC, abstractmethod

from KSysAdmin.backend.domain.models.userKey import UserKey


class PersonalOpenerInterface(ABC):
    """Opens what the public server sealed with a person's key; administrators seal nothing of the kind."""

    @abstractmethod
    def open(self, key: UserKey, sealed: str, purpose: str) -> str | None:
        """The text, or None when a key that is gone sealed it."""
