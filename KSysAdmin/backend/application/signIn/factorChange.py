from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.application.signIn.callerCheck import ensureStillSignedIn
from KSysAdmin.backend.application.signIn.sessionOpener import SessionOpener
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy


@dataclass(frozen=True)
class FactorNews:
    """What has changed: for the audit log, and for the eyes of whom it belongs to."""

    action: str
    mail: AdministratorMailKind
    facts: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


class FactorChange:
    """What every change of an administrator's factors brings along: the other sessions end, and a mail tells of it.

    `record` last in the caller's transaction before the commit, `spread` after it.
    """

    def __init__(self, sessions: SessionOpener, notices: AdministratorNotices) -> None:
        self._sessions, self._notices = sessions, notices

    async def record(
        self, work: AdminUnitOfWorkInterface, actor: AdminActor, news: FactorNews, at: datetime
    ) -> Sequence[UUID]:
        """The sessions that ended; the administrator is locked."""
        await ensureStillSignedIn(work, actor)
        ended = await work.sessions.endAll(actor.administratorId, at, exceptId=actor.sessionId)
        await self._sessions.orderEnd(work, ended, at)
        await self._notices.tell(work, actor.administratorId, news.mail, at, news.told)
        after: dict[str, JsonValue] = {**news.facts, "sessionsEnded": len(ended)}
        target = ("administrator", actor.administratorId)
        await work.audit.append(changeBy(actor.administratorId, news.action, target, at, after=after))
        return ended

    async def spread(self, ended: Sequence[UUID], at: datetime) -> None:
        """After the commit."""
        await self._sessions.endCopies(ended, at)
