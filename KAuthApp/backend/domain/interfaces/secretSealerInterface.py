from __future__ import annotations

from abc import ABC, abstractmethod


class SecretSealerInterface(ABC):
    """Encrypts what must be read again later. What was sealed in one context opens in no other."""

    @abstractmethod
    def seal(self, text: str, context: str) -> str: ...

    @abstractmethod
    def unseal(self, sealed: str, context: str) -> str: ...
