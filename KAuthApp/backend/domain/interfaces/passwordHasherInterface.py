from __future__ import annotations

from abc import ABC, abstractmethod


class PasswordHasherInterface(ABC):
    """Slow hashing in a bounded pool: when full, an UnavailableError at once. Passwords come in normalised."""

    @abstractmethod
    async def hash(self, password: str) -> str: ...

    @abstractmethod
    async def verify(self, password: str, passwordHash: str) -> bool: ...

    @abstractmethod
    async def verifyAgainstNothing(self, password: str) -> None:
        """The same work as `verify`, for an address nobody has: the answer takes as long."""

    @abstractmethod
    def needsRehash(self, passwordHash: str) -> bool: ...
