from __future__ import annotations

from KSysAdmin.backend.application.input.roleInput import RoleInput
from KSysAdmin.backend.application.output.roleOutput import RoleOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.models.role import Role
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.roleRules import ensureHolds, roleFacts
from shared.backend.utils.clock import ClockInterface


class CreateRoleService:
    """Makes a role. It cannot hold what its maker does not."""

    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self, asked: RoleInput, actor: AdminActor) -> RoleOutput:
        permissions = frozenset(asked.permissions)
        ensureHolds(actor, permissions)
        at = self._clock.now()
        async with self._openWork() as work:
            role = Role.create(asked.name, asked.description, at)
            await work.roles.addWith(role, permissions)
            target, after = ("role", role.id), roleFacts(role, permissions)
            await work.audit.append(changeBy(actor.administratorId, "role.created", target, at, after=after))
            await work.commit()
        return RoleOutput.of(role, permissions)
