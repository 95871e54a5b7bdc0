from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.roleRules import roleFacts
from shared.backend.utils.clock import ClockInterface


class RemoveRoleService:
    """Removes a role that nobody has."""

    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self, roleId: UUID, actor: AdminActor) -> None:
        async with self._openWork() as work:
            role = await work.roles.getForUpdate(roleId)
            role.ensureChangeable()
            before = roleFacts(role, (await work.roles.permissionsOf([role]))[role.id])
            await work.roles.remove(role)
            target = ("role", roleId)
            change = changeBy(actor.administratorId, "role.removed", target, self._clock.now(), before)
            await work.audit.append(change)
            await work.commit()
