from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject

CODE_DIGITS = 6


class CodePolicy(ValueObject):
    """How long a mailed code is good, how often it may be tried, how many are sent in a while.

    Six digits and five tries: a guesser enters with 1 in 200,000 a code. Twenty codes of one purpose a day bound the
    guesses of a day to a hundred, and the chance of all of them to 1 in 10,000.
    """

    lifetime: timedelta = Field(default=timedelta(minutes=10), ge=timedelta(minutes=1), le=timedelta(days=1))
    mostTries: int = Field(default=5, ge=1, le=10)
    mostInWindow: int = Field(default=10, ge=1, le=100)
    window: timedelta = Field(default=timedelta(hours=1), ge=timedelta(minutes=1))
    mostInADay: int = Field(default=20, ge=1, le=1000)

    def expiry(self, issuedAt: datetime) -> datetime:
        return issuedAt + self.lifetime

    def isExhausted(self, failedTries: int) -> bool:
        return failedTries >= self.mostTries

    def windowStart(self, at: datetime) -> datetime:
        return at - self.window

    def dayStart(self, at: datetime) -> datetime:
        return at - timedelta(days=1)

    def mayIssue(self, issuedInWindow: int, issuedInADay: int, isForStranger: bool = False) -> bool:
        """False when so many were asked for that another would only fill somebody's mailbox.

        The last quarter is not for strangers: whoever asks from a browser that its owner knows gets one all the same.
        """
        mostInWindow, mostInADay = self.mostInWindow, self.mostInADay
        if isForStranger:
            mostInWindow, mostInADay = _withoutReserve(mostInWindow), _withoutReserve(mostInADay)
        return issuedInWindow < mostInWindow and issuedInADay < mostInADay


def _withoutReserve(most: int) -> int:
    return most - most // 4
