from __future__ import annotations

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from pydantic import Field, JsonValue

from KSysPayment.backend.domain.models.paymentEvent import PaymentEvent
from shared.backend.utils.apiModel import OutputModel, Timestamp


class EventOutput(OutputModel):
    """One thing that happened to a payment; `sequence` counts per payment and has no gaps."""

    id: UUID
    type: str = Field(examples=["payment.paid"])
    paymentId: UUID
    sequence: int
    occurredAt: Timestamp
    data: dict[str, JsonValue]

    @classmethod
    def fromEvent(cls, event: PaymentEvent) -> Self:
        return cls(
            id=event.id,
            type=event.type,
            paymentId=event.paymentId,
            sequence=event.sequence,
            occurredAt=event.occurredAt,
            data=event.payload,
        )


class FeedOutput(OutputModel):
    """Events in the order of commits. `nextCursor` is the `after` of the next call, also when nothing is new."""

    items: Sequence[EventOutput]
    nextCursor: str | None
