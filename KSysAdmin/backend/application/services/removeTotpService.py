from __future__ import annotations

from typing import Final

from KSysAdmin.backend.application.signIn.factorChange import FactorChange, FactorNews
from KSysAdmin.backend.domain.exceptions.administratorErrors import FactorNotSetUpError
from KSysAdmin.backend.domain.exceptions.passkeyErrors import LastFactorError
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from shared.backend.utils.clock import ClockInterface

NEWS: Final = FactorNews("administrator.totpRemoved", AdministratorMailKind.FACTOR_REMOVED, told={"factor": "totp"})


class RemoveTotpService:
    """Forgets the authenticator app, unless it is the only factor there is."""

    def __init__(self, openWork: OpenAdminWork, change: FactorChange, clock: ClockInterface) -> None:
        self._openWork, self._change, self._clock = openWork, change, clock

    async def execute(self, actor: AdminActor) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            await work.administrators.getForUpdate(actor.administratorId)
            if not await work.passkeys.listOf(actor.administratorId):
                raise LastFactorError
            if not await work.factors.removeTotp(actor.administratorId):
                raise FactorNotSetUpError
            ended = await self._change.record(work, actor, NEWS, at)
            await work.commit()

        await self._change.spread(ended, at)
