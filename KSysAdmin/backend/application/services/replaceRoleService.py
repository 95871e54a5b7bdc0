from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.input.roleInput import RoleInput
from KSysAdmin.backend.application.output.roleOutput import RoleOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.roleRules import ensureHolds, roleFacts
from shared.backend.utils.clock import ClockInterface


class ReplaceRoleService:
    """Changes a role for everyone who has it. Nobody gives or takes away what they do not hold themselves."""

    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self, roleId: UUID, asked: RoleInput, actor: AdminActor) -> RoleOutput:
        permissions = frozenset(asked.permissions)
        at = self._clock.now()
        async with self._openWork() as work:
            role = await work.roles.getForUpdate(roleId)
            role.ensureChangeable()
            held = (await work.roles.permissionsOf([role]))[role.id]
            ensureHolds(actor, permissions ^ held)
            before = roleFacts(role, held)
            role.rename(asked.name, asked.description, at)
            await work.roles.saveWith(role, permissions)
            target, after = ("role", role.id), roleFacts(role, permissions)
            await work.audit.append(changeBy(actor.administratorId, "role.changed", target, at, before, after))
            await work.commit()
        return RoleOutput.of(role, permissions)
