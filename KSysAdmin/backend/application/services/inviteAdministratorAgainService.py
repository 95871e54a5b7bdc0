from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.signIn.administratorGuard import AdministratorGuard
from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.domain.exceptions.administratorErrors import AdministratorNotInvitedError
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.models.administrator import AdministratorStatus
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.utils.clock import ClockInterface


class InviteAdministratorAgainService:
    """A new link for somebody who has not used the old one; that one is void at once."""

    def __init__(
        self, openWork: OpenAdminWork, guard: AdministratorGuard, notices: AdministratorNotices, clock: ClockInterface
    ) -> None:
        self._openWork, self._guard, self._notices, self._clock = openWork, guard, notices, clock

    async def execute(self, administratorId: UUID, actor: AdminActor) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            charge = await self._guard.takeCharge(work, actor, administratorId)
            if charge.administrator.status is not AdministratorStatus.INVITED:
                raise AdministratorNotInvitedError
            await work.invitations.voidAll(administratorId, at)
            await self._notices.tell(work, administratorId, AdministratorMailKind.INVITATION, at, {"by": actor.email})
            target = ("administrator", administratorId)
            await work.audit.append(changeBy(actor.administratorId, "administrator.invitedAgain", target, at))
            await work.commit()
