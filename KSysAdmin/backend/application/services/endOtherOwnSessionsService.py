from __future__ import annotations

from KSysAdmin.backend.application.signIn.sessionOpener import SessionOpener
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.utils.clock import ClockInterface


class EndOtherOwnSessionsService:
    """Ends every session of the administrator who asks, but the one that asks."""

    def __init__(self, openWork: OpenAdminWork, sessions: SessionOpener, clock: ClockInterface) -> None:
        self._openWork, self._sessions, self._clock = openWork, sessions, clock

    async def execute(self, actor: AdminActor) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            ended = await work.sessions.endAll(actor.administratorId, at, exceptId=actor.sessionId)
            await self._sessions.orderEnd(work, ended, at)
            target, after = ("administrator", actor.administratorId), {"endedSessions": len(ended)}
            change = changeBy(actor.administratorId, "administrator.otherSessionsEnded", target, at, after=after)
            await work.audit.append(change)
            await work.commit()

        await self._sessions.endCopies(ended, at)
