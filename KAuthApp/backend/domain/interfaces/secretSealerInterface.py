from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from pydantic import JsonValue


class SecretSealerInterface(ABC):
    """Encrypts what must be read again later. What was sealed in one context opens in no other."""

    @abstractmethod
    def seal(self, text: str, context: str) -> dict[str, JsonValue]: ...

    @abstractmethod
    def unseal(self, sealed: Mapping[str, JsonValue], context: str) -> str: ...
