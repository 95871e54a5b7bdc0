from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject

PUBLIC_AUDIENCE = "public"
LEEWAY = timedelta(seconds=60)


class TokenPolicy(ValueObject):
    """Who signs access tokens, for how long they are good, and how keys follow each other."""

    issuer: str
    accessTokenLifetime: timedelta = Field(
        default=timedelta(minutes=10), ge=timedelta(minutes=1), le=timedelta(hours=1)
    )
    publishAhead: timedelta = Field(default=timedelta(minutes=10), ge=timedelta(0), le=timedelta(days=1))

    def lastTokenEnd(self, signsUntil: datetime) -> datetime:
        """When no token signed before then can be good any more, a minute of clock drift included."""
        return signsUntil + self.accessTokenLifetime + LEEWAY

    def signsFrom(self, createdAt: datetime) -> datetime:
        """A new key is published before it signs, so that verifiers that cache keys know it in time."""
        return createdAt + self.publishAhead
