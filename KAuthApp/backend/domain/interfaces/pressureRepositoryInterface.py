from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from KAuthApp.backend.domain.policies.pressurePolicy import Pressure, PressurePolicy


class PressureRepositoryInterface(ABC):
    """How sign-ins from unknown devices go, on the whole platform."""

    @abstractmethod
    async def read(self, policy: PressurePolicy, at: datetime) -> tuple[Pressure, Pressure]:
        """Lately, and today."""

    @abstractmethod
    async def press(self, tries: int, failures: int, policy: PressurePolicy, at: datetime) -> None:
        """Every sign-in adds to the same row: call it late, it is locked until the commit."""

    @abstractmethod
    async def removeOlder(self, before: datetime) -> int: ...
