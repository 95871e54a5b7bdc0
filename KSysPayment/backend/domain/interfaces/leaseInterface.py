from __future__ import annotations

from abc import ABC, abstractmethod


class LeaseInterface(ABC):
    """Lets one process at a time do what need not be done twice; doing it twice must still be harmless."""

    @abstractmethod
    async def take(self, name: str, seconds: int) -> bool: ...
