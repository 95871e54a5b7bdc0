from __future__ import annotations

from abc import ABC, abstractmethod


class PasswordHasherInterface(ABC):
    """Slow hashing in a bounded pool: when full, an UnavailableError at once. Passwords come in normalised."""

    @abstractmethod
    async def hash(self, password: str) -> str: ...

    @abstractmethod
    def ensurePlace(self, isUrgent: bool = False) -> None:
        """The UnavailableError that hashing now would end in: asked first, nothing else is done in vain."""

    @abstractmethod
    async def verify(self, password: str, passwordHash: str, isUrgent: bool = False) -> bool:
        """What is urgent may take the places in the pool that others never get."""

    @abstractmethod
    async def verifyAgainstNothing(self, password: str) -> None:
        """The same work as `verify`, for an address nobody has: the answer takes as long."""

    @abstractmethod
    def needsRehash(self, passwordHash: str) -> bool: ...
