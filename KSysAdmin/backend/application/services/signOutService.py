from __future__ import annotations

from KSysAdmin.backend.application.dto.outboxMessages import END_ADMIN_COPIES_TOPIC, EndedAdministratorSessionsDTO
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.utils.clock import ClockInterface


class SignOutService:
    """Ends the session that asks. Done means: PostgreSQL has it and the copy is gone."""

    def __init__(self, openWork: OpenAdminWork, copies: SessionCopiesInterface, clock: ClockInterface) -> None:
        self._openWork, self._copies, self._clock = openWork, copies, clock

    async def execute(self, actor: AdminActor) -> None:
        at = self._clock.now()
        ended, until = [actor.sessionId], actor.sessionExpiresAt
        async with self._openWork() as work:
            if not await work.sessions.end(actor.sessionId, at):
                return
            await work.outbox.add(END_ADMIN_COPIES_TOPIC, EndedAdministratorSessionsDTO.payload(ended, until))
            target = ("administratorSession", actor.sessionId)
            await work.audit.append(changeBy(actor.administratorId, "administrator.signedOut", target, at))
            await work.commit()

        await self._copies.endAdministratorSessions(ended, until)
