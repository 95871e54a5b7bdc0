from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.output.administratorOutput import AdministratorAccountOutput
from KSysAdmin.backend.application.signIn.administratorGuard import AdministratorGuard
from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.application.signIn.sessionOpener import SessionOpener
from KSysAdmin.backend.domain.exceptions.administratorErrors import AdministratorSuspendedError
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.models.administrator import AdministratorStatus
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.administratorRules import standingOfAdministrator
from shared.backend.utils.clock import ClockInterface


class ResetAdministratorAccessService:
    """
    Takes every second factor from an administrator who has lost them, and the password with them.

    A password alone must never be enough to set up a new factor: a mailed one-time link starts over.
    """

    def __init__(
        self,
        openWork: OpenAdminWork,
        guard: AdministratorGuard,
        sessions: SessionOpener,
        notices: AdministratorNotices,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._guard, self._sessions = openWork, guard, sessions
        self._notices, self._clock = notices, clock

    async def execute(self, administratorId: UUID, actor: AdminActor) -> AdministratorAccountOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            charge = await self._guard.takeCharge(work, actor, administratorId)
            if charge.administrator.status is AdministratorStatus.SUSPENDED:
                raise AdministratorSuspendedError
            before = standingOfAdministrator(charge.administrator)
            charge.administrator.inviteAgain(at)
            await self._guard.ensureSomebodyIsLeft(work)
            await work.factors.removeAll(administratorId)
            await work.devices.forgetAll(administratorId)
            await work.invitations.voidAll(administratorId, at)
            await work.challenges.voidAll(administratorId, at)
            ended = await work.sessions.endAll(administratorId, at)
            await self._sessions.orderEnd(work, ended, at)
            facts = {"by": actor.email}
            await self._notices.tell(work, administratorId, AdministratorMailKind.ACCESS_RESET, at, facts)
            shown = await self._guard.show(work, charge.administrator)
            target = ("administrator", administratorId)
            after = standingOfAdministrator(charge.administrator) | {"endedSessions": len(ended)}
            change = changeBy(actor.administratorId, "administrator.accessReset", target, at, before, after)
            await work.audit.append(change)
            await work.commit()

        await self._sessions.endCopies(ended, at)
        return shown
