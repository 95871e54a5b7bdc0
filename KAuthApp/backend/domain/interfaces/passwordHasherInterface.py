from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager, AbstractContextManager


class PasswordHasherInterface(ABC):
    """Slow hashing in a bounded pool: when full, an UnavailableError at once. Passwords come in normalised."""

    @abstractmethod
    async def hash(self, password: str) -> str: ...

    @abstractmethod
    def place(self, isUrgent: bool = False) -> AbstractContextManager[object]:
        """A place in the pool for what is hashed in the block: taken first, nothing else is done in vain.

        What turns out not to be urgent may lose a place that was taken as if it were.
        """

    @abstractmethod
    def turn(self, isUrgent: bool = False) -> AbstractAsyncContextManager[None]:
        """In a place: the wait until the hash is near. What comes before it is done in the block, by few at a time.

        An UnavailableError when that takes seconds.
        """

    @abstractmethod
    async def verify(self, password: str, passwordHash: str, isUrgent: bool = False) -> bool:
        """What is urgent may take the places in the pool that others never get."""

    @abstractmethod
    async def verifyAgainstNothing(self, password: str) -> None:
        """The same work as `verify`, for an address nobody has: the answer takes as long."""

    @abstractmethod
    def needsRehash(self, passwordHash: str) -> bool: ...
