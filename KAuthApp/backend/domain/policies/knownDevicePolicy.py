from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject


class KnownDevicePolicy(ValueObject):
    """For how long a browser that signed in is remembered, and how many of one person."""

    lifetime: timedelta = Field(default=timedelta(days=400), ge=timedelta(days=1), le=timedelta(days=400))
    mostOfOne: int = Field(default=20, ge=1, le=100)

    def expiry(self, usedAt: datetime) -> datetime:
        """Browsers keep no cookie for longer than 400 days (RFC 6265bis, 5.5)."""
        return usedAt + self.lifetime

    @property
    def seconds(self) -> int:
        return int(self.lifetime.total_seconds())
