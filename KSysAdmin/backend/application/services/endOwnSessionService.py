from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.signIn.sessionOpener import SessionOpener
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.utils.clock import ClockInterface


class EndOwnSessionService:
    """Ends one session of the administrator who asks."""

    def __init__(self, openWork: OpenAdminWork, sessions: SessionOpener, clock: ClockInterface) -> None:
        self._openWork, self._sessions, self._clock = openWork, sessions, clock

    async def execute(self, sessionId: UUID, actor: AdminActor) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            session = await work.sessions.getUnended(actor.administratorId, sessionId)
            session.endedAt = at
            await self._sessions.orderEnd(work, [sessionId], at)
            target = ("administratorSession", sessionId)
            await work.audit.append(changeBy(actor.administratorId, "administrator.sessionEnded", target, at))
            await work.commit()

        await self._sessions.endCopies([sessionId], at)
