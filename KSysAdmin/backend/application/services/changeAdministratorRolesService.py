from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.input.administratorInput import ChangeAdministratorRolesInput
from KSysAdmin.backend.application.output.administratorOutput import AdministratorAccountOutput
from KSysAdmin.backend.application.signIn.administratorGuard import AdministratorGuard
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.administratorRules import rolesFacts
from shared.backend.utils.clock import ClockInterface


class ChangeAdministratorRolesService:
    """Replaces the roles of an administrator; they act with the next request. Somebody stays who may do everything."""

    def __init__(self, openWork: OpenAdminWork, guard: AdministratorGuard, clock: ClockInterface) -> None:
        self._openWork, self._guard, self._clock = openWork, guard, clock

    async def execute(
        self, administratorId: UUID, asked: ChangeAdministratorRolesInput, actor: AdminActor
    ) -> AdministratorAccountOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            charge = await self._guard.takeCharge(work, actor, administratorId, isOwnAllowed=True)
            roles = await self._guard.takeRoles(work, actor, asked.roleIds)
            await work.administrators.replaceRoles(administratorId, roles)
            await self._guard.ensureSomebodyIsLeft(work)
            shown = await self._guard.show(work, charge.administrator)
            target, before, after = ("administrator", administratorId), rolesFacts(charge.roles), rolesFacts(roles)
            change = changeBy(actor.administratorId, "administrator.rolesChanged", target, at, before, after)
            await work.audit.append(change)
            await work.commit()
        return shown
