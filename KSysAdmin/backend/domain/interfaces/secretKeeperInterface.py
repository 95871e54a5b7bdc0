from __future__ import annotations

from abc import ABC, abstractmethod

from shared.backend.utils.valueObject import ValueObject


class SealedSecret(ValueObject):
    """A secret under the platform's key; opens only under the context it was sealed for."""

    ciphertext: bytes
    salt: bytes
    nonce: bytes
    keyId: int


class SecretKeeperInterface(ABC):
    @abstractmethod
    def seal(self, text: str, context: str) -> SealedSecret: ...

    @abstractmethod
    def open(self, sealed: SealedSecret, context: str) -> str: ...

    @abstractmethod
    def sealText(self, text: str, context: str) -> str:
        """The one-column form, which another service opens under the same context."""

    @abstractmethod
    def openText(self, sealed: str, context: str) -> str: ...
