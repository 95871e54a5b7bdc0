from __future__ import annotations

from KSysAdmin.backend.application.input.administratorInput import InviteAdministratorInput
from KSysAdmin.backend.application.output.administratorOutput import AdministratorAccountOutput
from KSysAdmin.backend.application.signIn.administratorGuard import AdministratorGuard
from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.administratorRules import rolesFacts
from shared.backend.utils.clock import ClockInterface


class InviteAdministratorService:
    """Makes an administrator who chooses a password by a link in a mail. Nobody hands on what they do not hold."""

    def __init__(
        self, openWork: OpenAdminWork, guard: AdministratorGuard, notices: AdministratorNotices, clock: ClockInterface
    ) -> None:
        self._openWork, self._guard, self._notices, self._clock = openWork, guard, notices, clock

    async def execute(self, asked: InviteAdministratorInput, actor: AdminActor) -> AdministratorAccountOutput:
        at = self._clock.now()
        invited = Administrator.invite(asked.email, at, asked.locale)
        async with self._openWork() as work:
            roles = await self._guard.takeRoles(work, actor, asked.roleIds)
            await work.administrators.add(invited)
            await work.administrators.replaceRoles(invited.id, roles)
            facts = {"by": actor.email}
            await self._notices.tell(work, invited.id, AdministratorMailKind.INVITATION, at, facts)
            shown = await self._guard.show(work, invited)
            target, after = ("administrator", invited.id), rolesFacts(roles)
            await work.audit.append(changeBy(actor.administratorId, "administrator.invited", target, at, after=after))
            await work.commit()
        return shown
