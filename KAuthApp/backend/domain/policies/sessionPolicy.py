from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject

PASSWORD_ALONE = ("password",)
EMAIL_CODE = "emailCode"
ONE_FACTOR = (*PASSWORD_ALONE, EMAIL_CODE)


def isMultiFactor(authMethods: Sequence[str]) -> bool:
    """Whether more than a password was shown; a passkey is two factors by itself: the device and its owner.

    A mailed code is none (NIST SP 800-63B, 3.1.3.1): it is asked for under an attack, of who has no other.
    """
    return not {*authMethods} <= {*ONE_FACTOR}


class SessionPolicy(ValueObject):
    """How long a session lives, unused and at all, and how often its use is written down.

    Who signs in with more than a password has more to lose, and signs in again sooner (NIST SP 800-63B, 2.2.3).
    """

    idle: timedelta = Field(default=timedelta(days=30), ge=timedelta(minutes=1))
    absolute: timedelta = Field(default=timedelta(days=30), ge=timedelta(minutes=1))
    mfaIdle: timedelta = Field(default=timedelta(hours=1), ge=timedelta(minutes=1))
    mfaAbsolute: timedelta = Field(default=timedelta(hours=24), ge=timedelta(minutes=1))
    touchEvery: timedelta = Field(default=timedelta(minutes=1), ge=timedelta(seconds=1))

    def absoluteEnd(self, startedAt: datetime, authMethods: Sequence[str]) -> datetime:
        return startedAt + (self.mfaAbsolute if isMultiFactor(authMethods) else self.absolute)

    def idleEnd(self, seenAt: datetime, absoluteEnd: datetime, authMethods: Sequence[str]) -> datetime:
        idle = self.mfaIdle if isMultiFactor(authMethods) else self.idle
        return min(seenAt + idle, absoluteEnd)

    def isTouchDue(self, lastSeenAt: datetime, at: datetime) -> bool:
        return at - lastSeenAt >= self.touchEvery

    def unseenSince(self, at: datetime) -> datetime:
        """A use is written down when the last one written down is not younger."""
        return at - self.touchEvery
