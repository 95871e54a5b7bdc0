from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import UUID

from pydantic import JsonValue

from KAuthApp.backend.domain.models.userKey import UserKey

TablePages = tuple[str, AsyncIterator[Sequence[Mapping[str, JsonValue]]]]


class PersonalDataReaderInterface(ABC):
    """Everything that every service stores of a person."""

    @abstractmethod
    def tables(self, userId: UUID, key: UserKey | None) -> AsyncIterator[TablePages]:
        """Each table and its pages, read when they are asked for. What is sealed is opened, secrets are not shown."""


class PersonalDataEraserInterface(ABC):
    """Erases in the transaction of its unit of work."""

    @abstractmethod
    async def erase(self, userId: UUID) -> None:
        """Everything every service stores of the person, the account and its key included; see who keeps what."""
