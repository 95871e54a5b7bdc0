from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.models.userSession import UserSession


@dataclass(frozen=True)
class EndedSessions:
    """The sessions of a user that a change has ended, and those that had ended so shortly before that copies may be
    about.

    Redis may not have heard of the latter: who says that all are over takes the copies of both away.
    """

    now: Sequence[UserSession]
    lately: Sequence[UserSession]

    @property
    def idsOfNow(self) -> Sequence[UUID]:
        return [session.id for session in self.now]

    @property
    def ids(self) -> Sequence[UUID]:
        return [session.id for session in (*self.now, *self.lately)]

    def lastEnd(self, at: datetime) -> datetime:
        """When the last of these would have expired by itself: until then no copy of any may come back."""
        return max((session.expiresAt for session in (*self.now, *self.lately)), default=at)
