from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from shared.backend.utils.valueObject import ValueObject


class AmountOfDay(ValueObject):
    """Money that came in on one UTC day, in minor units."""

    day: str
    currency: str
    receipts: int
    amountMinor: int


class Overview(ValueObject):
    """The platform in numbers."""

    usersByStatus: dict[str, int]
    usersNewToday: int
    liveSessions: int
    paymentsByStatus: dict[str, int]
    openExceptions: int
    deadMessages: int
    waitingMessages: int
    receivedByDay: Sequence[AmountOfDay]


class StatsReaderInterface(ABC):
    @abstractmethod
    async def overview(self, at: datetime) -> Overview: ...
