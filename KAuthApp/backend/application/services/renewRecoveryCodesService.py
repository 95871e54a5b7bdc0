from __future__ import annotations

from typing import Final

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.factorOutputs import RecoveryCodesOutput
from KAuthApp.backend.application.output.renewalOutput import RenewalOutput
from KAuthApp.backend.application.signIn.factorChange import FactorChange, FactorNews
from KAuthApp.backend.application.signIn.recoveryCodes import RecoveryCodes
from KAuthApp.backend.domain.exceptions.authErrors import NoSecondFactorError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from shared.backend.utils.clock import ClockInterface

_RENEWED: Final = FactorNews("auth.recoveryCodesRenewed", MailKind.RECOVERY_CODES_RENEWED)


class RenewRecoveryCodesService:
    """Ten new recovery codes in place of those before."""

    def __init__(
        self, openWork: OpenAuthWork, codes: RecoveryCodes, change: FactorChange, clock: ClockInterface
    ) -> None:
        self._openWork, self._codes, self._change, self._clock = openWork, codes, change, clock

    async def execute(self, identity: IdentityDTO) -> tuple[RecoveryCodesOutput, RenewalOutput]:
        now = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(identity.userId)
            if not (await work.users.secondFactorsOf(user.id)).areOn:
                raise NoSecondFactorError
            codes = await self._codes.renew(work, user.id, now)
            renewed = await self._change.record(work, user, identity, _RENEWED, now)
            await work.commit()

        return RecoveryCodesOutput(recoveryCodes=codes), await self._change.handOver(renewed, _RENEWED)
