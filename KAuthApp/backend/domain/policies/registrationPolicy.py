from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject


class RegistrationPolicy(ValueObject):
    """How long a registration waits for the proof of its address. After that it never happened.

    `evenSeconds`: how long writing it down is made to take, so that nobody can tell what was written.
    """

    lifetime: timedelta = Field(default=timedelta(days=7), ge=timedelta(hours=1), le=timedelta(days=90))
    evenSeconds: float = Field(default=0.06, ge=0, le=1)

    def expiry(self, registeredAt: datetime) -> datetime:
        return registeredAt + self.lifetime

    def unprovenBefore(self, at: datetime) -> datetime:
        """Registrations of before this moment are over."""
        return at - self.lifetime
