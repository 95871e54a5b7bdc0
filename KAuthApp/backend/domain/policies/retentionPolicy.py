from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject


class RetentionPolicy(ValueObject):
    """For how long what is over is kept. Codes stay a while, since issued ones are counted."""

    codes: timedelta = Field(default=timedelta(days=2), ge=timedelta(days=1))
    challenges: timedelta = Field(default=timedelta(minutes=10), ge=timedelta(minutes=1))
    sessions: timedelta = Field(default=timedelta(days=90), ge=timedelta(days=1))

    def challengesBefore(self, at: datetime) -> datetime:
        return at - self.challenges

    def codesBefore(self, at: datetime) -> datetime:
        return at - self.codes

    def sessionsBefore(self, at: datetime) -> datetime:
        return at - self.sessions
