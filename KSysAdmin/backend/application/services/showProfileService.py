from __future__ import annotations

from KSysAdmin.backend.application.output.signInOutput import ProfileOutput, administratorOf, sessionOf
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor


class ShowProfileService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, actor: AdminActor) -> ProfileOutput:
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(actor.administratorId)
            standing = (await work.factors.standingOf([actor.administratorId]))[actor.administratorId]
        return ProfileOutput(
            user=administratorOf(actor),
            session=sessionOf(actor),
            locale=administrator.locale,
            totp=standing.hasTotp,
            passkeys=standing.passkeys,
            recoveryCodesLeft=standing.recoveryCodesLeft,
        )
