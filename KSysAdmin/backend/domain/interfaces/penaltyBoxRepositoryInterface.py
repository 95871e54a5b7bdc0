from __future__ import annotations

from abc import ABC, abstractmethod

from KSysAdmin.backend.domain.models.penaltyBox import PenaltyBox


class PenaltyBoxRepositoryInterface(ABC):
    """The one penalty box."""

    @abstractmethod
    async def get(self) -> PenaltyBox: ...

    @abstractmethod
    async def save(self, box: PenaltyBox) -> None: ...
