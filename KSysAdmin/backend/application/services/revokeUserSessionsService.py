from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.dto.outboxMessages import END_USER_COPIES_TOPIC, endedUserSessions
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.models.userSession import SessionEndReason
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.utils.clock import ClockInterface


class RevokeUserSessionsService:
    """Ends every session of a user, half begun ones too; the user may sign in again.

    Asking again is fine, and finishes what a lost Redis left undone.
    """

    def __init__(self, openWork: OpenAdminWork, copies: SessionCopiesInterface, clock: ClockInterface) -> None:
        self._openWork, self._copies, self._clock = openWork, copies, clock

    async def execute(self, userId: UUID, actor: AdminActor) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            await work.users.getForUpdate(userId)
            await work.users.endHalfSignIns(userId, at)
            reason, since = SessionEndReason.REVOKED_BY_ADMINISTRATOR, self._copies.oldestOfUsers(at)
            ended = await work.users.endSessions(userId, reason, at, since)
            await work.outbox.add(END_USER_COPIES_TOPIC, endedUserSessions(ended.idsOfNow))
            facts = {"endedSessions": len(ended.now)}
            change = changeBy(actor.administratorId, "user.sessionsRevoked", ("user", userId), at, after=facts)
            await work.audit.append(change)
            await work.commit()

        await self._copies.endUserSessions(ended.ids, ended.lastEnd(at))
