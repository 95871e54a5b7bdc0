from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LoggedRequests:
    """Requests in the order they came, a JSON line each. `limited` of them were refused by a limit at that time."""

    lines: Sequence[bytes]
    limited: int
    isCutOff: bool
    firstAt: datetime | None
    lastAt: datetime | None


class GatewayLogInterface(ABC):
    """What the gateways wrote down."""

    @abstractmethod
    async def read(self, since: datetime, until: datetime) -> LoggedRequests:
        """The newest requests of that time, as many as may be replayed; GatewayLogMissingError."""
