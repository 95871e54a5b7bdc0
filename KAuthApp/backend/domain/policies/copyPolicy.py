from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject

TOMBSTONE_SLACK = timedelta(minutes=45)


class CopyPolicy(ValueObject):
    """For how long a copy of a live session may be believed before the truth is asked again."""

    lifetime: timedelta = Field(default=timedelta(minutes=15), ge=timedelta(seconds=5), le=timedelta(days=1))

    def expiry(self, at: datetime) -> datetime:
        return at + self.lifetime

    def oldestCopy(self, at: datetime) -> datetime:
        """A session that ended before then cannot have a copy left, not even of a reader that was slow to write it."""
        return at - self.lifetime - TOMBSTONE_SLACK

    def tombstoneUntil(self, at: datetime) -> datetime:
        """Longer than any reader that saw the session alive can take to write its copy."""
        return at + self.lifetime + TOMBSTONE_SLACK
