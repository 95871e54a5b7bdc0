from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from KSysAdmin.backend.application.output.administratorOutput import AdministratorAccountOutput
from KSysAdmin.backend.application.signIn.callerCheck import ensureStillSignedIn
from KSysAdmin.backend.domain.exceptions.administratorErrors import LastAdministratorError, OwnAccountError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.models.role import OWNER_ROLE_NAME, Role
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.roleRules import ensureHolds


@dataclass(frozen=True)
class Charge:
    """An administrator whom another one may change, and the roles that one has."""

    administrator: Administrator
    roles: Sequence[Role]


class AdministratorGuard:
    """Who may change whom. Changes of administrators follow each other: the owner's role is locked throughout."""

    async def takeCharge(
        self, work: AdminUnitOfWorkInterface, actor: AdminActor, administratorId: UUID, *, isOwnAllowed: bool = False
    ) -> Charge:
        """Lock and return; PermissionNotHeldError for whoever may do something that the actor may not."""
        if administratorId == actor.administratorId and not isOwnAllowed:
            raise OwnAccountError
        await self._takeTurn(work, actor)
        administrator = await work.administrators.getForUpdate(administratorId)
        roles = (await work.administrators.rolesOf([administratorId]))[administratorId]
        await self.ensureHoldsAll(work, actor, roles)
        return Charge(administrator, roles)

    async def takeRoles(
        self, work: AdminUnitOfWorkInterface, actor: AdminActor, roleIds: Collection[UUID]
    ) -> Sequence[Role]:
        """Roles the actor may give to others."""
        await self._takeTurn(work, actor)
        roles = await work.roles.getAll(roleIds)
        await self.ensureHoldsAll(work, actor, roles)
        return roles

    async def _takeTurn(self, work: AdminUnitOfWorkInterface, actor: AdminActor) -> None:
        """Whose turn it was before may have suspended the actor, or taken a role away."""
        await work.roles.getByNameForUpdate(OWNER_ROLE_NAME)
        await ensureStillSignedIn(work, actor)
        roles = (await work.administrators.rolesOf([actor.administratorId]))[actor.administratorId]
        held = await work.roles.permissionsOf(roles)
        ensureHolds(actor.model_copy(update={"permissions": frozenset().union(*held.values())}), actor.permissions)

    async def ensureHoldsAll(self, work: AdminUnitOfWorkInterface, actor: AdminActor, roles: Sequence[Role]) -> None:
        held = await work.roles.permissionsOf(roles)
        ensureHolds(actor, frozenset().union(*held.values()))

    async def ensureSomebodyIsLeft(self, work: AdminUnitOfWorkInterface) -> None:
        """LastAdministratorError when after this change nobody would be active who may do everything."""
        owner = await work.roles.getByNameForUpdate(OWNER_ROLE_NAME)
        if await work.administrators.countActiveWith(owner.id) == 0:
            raise LastAdministratorError

    async def show(self, work: AdminUnitOfWorkInterface, administrator: Administrator) -> AdministratorAccountOutput:
        key = administrator.id
        roles = (await work.administrators.rolesOf([key]))[key]
        standing = (await work.factors.standingOf([key]))[key]
        return AdministratorAccountOutput.of(administrator, roles, standing)
