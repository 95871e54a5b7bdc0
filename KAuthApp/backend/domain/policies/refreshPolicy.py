from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject


class RefreshPolicy(ValueObject):
    """For how long a used refresh token may ask again for the same successor (RFC 9700, 4.14.2)."""

    repeatFor: timedelta = Field(default=timedelta(seconds=30), ge=timedelta(0), le=timedelta(minutes=2))

    def mayRepeat(self, usedAt: datetime, at: datetime) -> bool:
        return at - usedAt <= self.repeatFor

    def forgottenBefore(self, at: datetime) -> datetime:
        """Successors sealed by a use before this moment are of no more use."""
        return at - self.repeatFor
