from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.input.administratorInput import SuspendAdministratorInput
from KSysAdmin.backend.application.output.administratorOutput import AdministratorAccountOutput
from KSysAdmin.backend.application.signIn.administratorGuard import AdministratorGuard
from KSysAdmin.backend.application.signIn.sessionOpener import SessionOpener
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.administratorRules import standingOfAdministrator
from shared.backend.utils.clock import ClockInterface


class SuspendAdministratorService:
    """When this has answered, nothing of this administrator is accepted. Somebody stays who may do everything."""

    def __init__(
        self, openWork: OpenAdminWork, guard: AdministratorGuard, sessions: SessionOpener, clock: ClockInterface
    ) -> None:
        self._openWork, self._guard, self._sessions, self._clock = openWork, guard, sessions, clock

    async def execute(
        self, administratorId: UUID, asked: SuspendAdministratorInput, actor: AdminActor
    ) -> AdministratorAccountOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            charge = await self._guard.takeCharge(work, actor, administratorId)
            before = standingOfAdministrator(charge.administrator)
            charge.administrator.suspend(at)
            await self._guard.ensureSomebodyIsLeft(work)
            await work.invitations.voidAll(administratorId, at)
            await work.challenges.voidAll(administratorId, at)
            ended = await work.sessions.endAll(administratorId, at)
            await self._sessions.orderEnd(work, ended, at)
            shown = await self._guard.show(work, charge.administrator)
            target = ("administrator", administratorId)
            after = standingOfAdministrator(charge.administrator)
            facts = {**after, "reason": asked.reason, "endedSessions": len(ended)}
            change = changeBy(actor.administratorId, "administrator.suspended", target, at, before, facts)
            await work.audit.append(change)
            await work.commit()

        await self._sessions.endCopies(ended, at)
        return shown
