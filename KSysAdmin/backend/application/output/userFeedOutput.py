from __future__ import annotations

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from pydantic import Field, JsonValue

from KSysAdmin.backend.domain.models.userEvent import UserEvent
from shared.backend.utils.apiModel import OutputModel, Timestamp
from shared.backend.utils.paging import encodePosition


class UserEventOutput(OutputModel):
    """One change of a user. It holds no personal data: who needs some asks for the user."""

    id: UUID
    type: str = Field(examples=["user.suspended"])
    userId: UUID
    occurredAt: Timestamp
    data: dict[str, JsonValue]

    @classmethod
    def fromEvent(cls, event: UserEvent) -> Self:
        return cls(id=event.id, type=event.type, userId=event.userId, occurredAt=event.occurredAt, data=event.payload)


class UserFeedOutput(OutputModel):
    """Events in the order of commits. `nextCursor` is the `after` of the next call, also when nothing is new."""

    items: Sequence[UserEventOutput]
    nextCursor: str | None

    @classmethod
    def of(cls, events: Sequence[UserEvent], after: str | None) -> Self:
        cursor = encodePosition(events[-1].feedPosition or 0) if events else after
        return cls(items=[UserEventOutput.fromEvent(event) for event in events], nextCursor=cursor)
