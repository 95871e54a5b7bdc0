from __future__ import annotations

from abc import ABC, abstractmethod


class PasswordHasherInterface(ABC):
    """Slow by intent; never blocks the loop."""

    @abstractmethod
    async def hash(self, password: str) -> str: ...

    @abstractmethod
    async def verify(self, password: str, stored: str | None) -> bool:
        """False for no stored hash, after the same work as for one."""

    @abstractmethod
    def needsRehash(self, stored: str) -> bool: ...
