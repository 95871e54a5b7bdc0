from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from KSysAdmin.backend.domain.models.auditEvent import AuditEvent
from shared.backend.utils.paging import Page, PageInput
from shared.backend.utils.valueObject import ValueObject


class AuditFilter(ValueObject):
    """Which events: by who, what (a trailing dot or star stands for a family), on what, and when."""

    actor: str | None = None
    action: str | None = None
    target: str | None = None
    occurredFrom: datetime | None = None
    occurredTo: datetime | None = None


class ChainVerdict(ValueObject):
    """One chain, checked from its first row: `firstBadSeq` is the first that was altered, removed or moved."""

    chain: str
    events: int
    firstBadSeq: int | None
    headHash: str


class AuditEventRepositoryInterface(ABC):
    """The audit log, to be read."""

    @abstractmethod
    async def listPage(self, wanted: AuditFilter, page: PageInput) -> Page[AuditEvent]:
        """Newest first."""

    @abstractmethod
    async def verify(self) -> Sequence[ChainVerdict]:
        """Every chain in one view of the data."""
