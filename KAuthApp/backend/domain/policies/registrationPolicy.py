from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject


class RegistrationPolicy(ValueObject):
    """How long a registration waits for the proof of its address. After that it never happened."""

    lifetime: timedelta = Field(default=timedelta(days=7), ge=timedelta(hours=1), le=timedelta(days=90))

    def expiry(self, registeredAt: datetime) -> datetime:
        return registeredAt + self.lifetime

    def unprovenBefore(self, at: datetime) -> datetime:
        """Registrations of before this moment are over."""
        return at - self.lifetime
