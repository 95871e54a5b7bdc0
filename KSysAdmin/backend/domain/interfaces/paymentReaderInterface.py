from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import JsonValue

from KSysAdmin.backend.domain.models.payment import Payment
from KSysAdmin.backend.domain.models.paymentStatuses import PaymentMethod, PaymentStatus
from shared.backend.utils.paging import Page, PageInput
from shared.backend.utils.valueObject import ValueObject


class PaymentFilter(ValueObject):
    """Which payments."""

    status: PaymentStatus | None = None
    method: PaymentMethod | None = None
    reference: str | None = None
    ownerId: UUID | None = None
    createdFrom: datetime | None = None
    createdTo: datetime | None = None


class TimelineEntry(ValueObject):
    """One thing that happened to a payment, whatever table remembers it."""

    at: datetime
    kind: Literal["event", "bankCall", "receipt", "journal", "exception"]
    title: str
    facts: dict[str, JsonValue]


class PaymentReaderInterface(ABC):
    """Payments of every owner, to be read."""

    @abstractmethod
    async def listPage(self, wanted: PaymentFilter, page: PageInput) -> Page[Payment]:
        """Newest first."""

    @abstractmethod
    async def get(self, paymentId: UUID) -> Payment:
        """PaymentNotFoundError when there is none."""

    @abstractmethod
    async def timeline(self, payment: Payment) -> Sequence[TimelineEntry]:
        """Oldest first."""
