from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime


class InvariantsInterface(ABC):
    """What must be true of the money, whatever happened."""

    @abstractmethod
    async def findViolations(self, at: datetime, since: datetime | None = None) -> Mapping[str, Sequence[str]]:
        """
        Violations by the name of the invariant; empty when all hold.

        With `since` only what has changed since then is looked at, and what needs the whole history is left out.
        """
