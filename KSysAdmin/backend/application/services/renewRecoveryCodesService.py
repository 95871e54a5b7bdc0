from __future__ import annotations

from typing import Final

from KSysAdmin.backend.application.output.ownAccountOutput import RecoveryCodesOutput
from KSysAdmin.backend.application.signIn.factorChange import FactorChange, FactorNews
from KSysAdmin.backend.application.signIn.firstFactor import issueRecoveryCodes
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from shared.backend.utils.clock import ClockInterface

NEWS: Final = FactorNews("administrator.recoveryCodesRenewed", AdministratorMailKind.RECOVERY_CODES_RENEWED)


class RenewRecoveryCodesService:
    """Ten new recovery codes in the place of whatever was left."""

    def __init__(self, openWork: OpenAdminWork, change: FactorChange, clock: ClockInterface) -> None:
        self._openWork, self._change, self._clock = openWork, change, clock

    async def execute(self, actor: AdminActor) -> RecoveryCodesOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            await work.administrators.getForUpdate(actor.administratorId)
            codes = await issueRecoveryCodes(work, actor.administratorId, at)
            ended = await self._change.record(work, actor, NEWS, at)
            await work.commit()

        await self._change.spread(ended, at)
        return RecoveryCodesOutput(recoveryCodes=codes)
