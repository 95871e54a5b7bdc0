from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject

CHALLENGE_BYTES = 32


class ChallengePolicy(ValueObject):
    """For how long half a sign-in waits for its other half, and how often that may be tried."""

    lifetime: timedelta = Field(default=timedelta(minutes=5), ge=timedelta(seconds=30), le=timedelta(minutes=15))
    mostTries: int = Field(default=5, ge=1, le=10)

    def expiry(self, openedAt: datetime) -> datetime:
        return openedAt + self.lifetime

    def isExhausted(self, failedTries: int) -> bool:
        return failedTries >= self.mostTries
