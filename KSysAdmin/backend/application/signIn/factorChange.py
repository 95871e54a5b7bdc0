from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import JsonValue

from KSysAdmin.backend.application.dto.outboxMessages import END_ADMIN_COPIES_TOPIC, EndedAdministratorSessionsDTO
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy


class FactorChange:
    """What every change of an administrator's factors brings along: the other sessions end.

    `record` last in the caller's transaction before the commit, `spread` after it.
    """

    def __init__(self, copies: SessionCopiesInterface, policy: AdminSessionPolicy) -> None:
        self._copies, self._policy = copies, policy

    async def record(
        self,
        work: AdminUnitOfWorkInterface,
        actor: AdminActor,
        action: str,
        facts: Mapping[str, JsonValue],
        at: datetime,
    ) -> Sequence[UUID]:
        """The sessions that ended; the administrator is locked."""
        ended = await work.sessions.endOthers(actor.administratorId, actor.sessionId, at)
        await work.outbox.add(END_ADMIN_COPIES_TOPIC, EndedAdministratorSessionsDTO.payload(ended, self._until(at)))
        after = {**facts, "sessionsEnded": len(ended)}
        target = ("administrator", actor.administratorId)
        await work.audit.append(changeBy(actor.administratorId, action, target, at, after=after))
        return ended

    async def spread(self, ended: Sequence[UUID], at: datetime) -> None:
        """After the commit; RevocationPendingError when Redis is away: the outbox finishes it."""
        await self._copies.endAdministratorSessions(ended, self._until(at))

    def _until(self, at: datetime) -> datetime:
        return at + timedelta(hours=self._policy.absoluteHours)
