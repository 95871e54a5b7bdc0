from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject


class SessionPolicy(ValueObject):
    """How long a session lives, unused and at all, and how often its use is written down."""

    idle: timedelta = Field(default=timedelta(days=30), ge=timedelta(minutes=1))
    absolute: timedelta = Field(default=timedelta(days=30), ge=timedelta(minutes=1))
    touchEvery: timedelta = Field(default=timedelta(minutes=1), ge=timedelta(seconds=1))

    def absoluteEnd(self, startedAt: datetime) -> datetime:
        return startedAt + self.absolute

    def idleEnd(self, seenAt: datetime, absoluteEnd: datetime) -> datetime:
        return min(seenAt + self.idle, absoluteEnd)

    def isTouchDue(self, lastSeenAt: datetime, at: datetime) -> bool:
        return at - lastSeenAt >= self.touchEvery
