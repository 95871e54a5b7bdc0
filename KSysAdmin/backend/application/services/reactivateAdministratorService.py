from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.output.administratorOutput import AdministratorAccountOutput
from KSysAdmin.backend.application.signIn.administratorGuard import AdministratorGuard
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.administratorRules import standingOfAdministrator
from shared.backend.utils.clock import ClockInterface


class ReactivateAdministratorService:
    """Lets a suspended administrator sign in again, with the password and the factors there were."""

    def __init__(self, openWork: OpenAdminWork, guard: AdministratorGuard, clock: ClockInterface) -> None:
        self._openWork, self._guard, self._clock = openWork, guard, clock

    async def execute(self, administratorId: UUID, actor: AdminActor) -> AdministratorAccountOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            charge = await self._guard.takeCharge(work, actor, administratorId)
            before = standingOfAdministrator(charge.administrator)
            charge.administrator.reactivate(at)
            shown = await self._guard.show(work, charge.administrator)
            target, after = ("administrator", administratorId), standingOfAdministrator(charge.administrator)
            change = changeBy(actor.administratorId, "administrator.reactivated", target, at, before, after)
            await work.audit.append(change)
            await work.commit()
        return shown
