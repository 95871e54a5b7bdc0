from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from pydantic import JsonValue

from KSysAdmin.backend.domain.models.publication import PublicationName


class PublisherInterface(ABC):
    """Where published sets go: one document (`content` and its version in it) and the version, replaced together."""

    @abstractmethod
    async def publishedVersion(self, name: PublicationName) -> int | None:
        """None when nothing readable is there."""

    @abstractmethod
    async def publish(
        self,
        name: PublicationName,
        version: int,
        content: Mapping[str, JsonValue],
        *,
        replacing: int | None = None,
    ) -> bool:
        """Replace what is older than `version`, or is exactly `replacing`; False when something newer stays."""

    @abstractmethod
    async def publishOrLeave(self, name: PublicationName, version: int, content: Mapping[str, JsonValue]) -> None:
        """Publish at once; when Redis is away leave it to the job that looks every second."""
