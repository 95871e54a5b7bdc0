from __future__ import annotations

from datetime import datetime
from typing import Final

from KSysAdmin.backend.application.input.signInInput import TotpCodeInput
from KSysAdmin.backend.application.signIn.factorChange import FactorChange, FactorNews
from KSysAdmin.backend.domain.exceptions.administratorErrors import CodeInvalidError, FactorNotSetUpError
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SecretKeeperInterface
from KSysAdmin.backend.domain.models.administratorFactor import AdministratorTotp
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.signInRules import totpContext
from KSysAdmin.backend.domain.policies.throttlePolicy import ThrottlePolicy
from KSysAdmin.backend.domain.policies.totp import matchingStep
from shared.backend.utils.clock import ClockInterface

ADDED: Final = FactorNews("administrator.totpAdded", AdministratorMailKind.FACTOR_ADDED, told={"factor": "totp"})
REPLACED: Final = FactorNews("administrator.totpReplaced", AdministratorMailKind.FACTOR_REPLACED)


class SetUpTotpService:
    """The first right code of the proposed app makes it the one there is. That code counts as used."""

    def __init__(
        self,
        openWork: OpenAdminWork,
        keeper: SecretKeeperInterface,
        change: FactorChange,
        clock: ClockInterface,
        throttle: ThrottlePolicy,
    ) -> None:
        self._openWork, self._keeper, self._change = openWork, keeper, change
        self._clock, self._throttle = clock, throttle

    async def execute(self, asked: TotpCodeInput, actor: AdminActor) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            await work.administrators.getForUpdate(actor.administratorId)
            totp = await work.factors.findTotp(actor.administratorId)
            if totp is None or (totp.confirmedAt is not None and totp.proposedSealed is None):
                raise FactorNotSetUpError
            self._throttle.ensureMayTry(totp.failuresInARow, totp.lastFailedAt, at)
            if not await self._take(work, totp, asked.code, at):
                await work.factors.countFailure(actor.administratorId, at)
                await work.commit()  # the try counts although it is refused
                raise CodeInvalidError
            news = ADDED if totp.confirmedAt is None else REPLACED
            ended = await self._change.record(work, actor, news, at)
            await work.commit()

        await self._change.spread(ended, at)

    async def _take(self, work: AdminUnitOfWorkInterface, totp: AdministratorTotp, code: str, at: datetime) -> bool:
        context = totpContext(totp.administratorId)
        if totp.proposedSealed is None:
            step = matchingStep(self._keeper.open(totp.sealedSecret, context), code, at)
            return step is not None and await work.factors.confirm(totp, step, at)
        secret = self._keeper.openText(totp.proposedSealed, context)
        step = matchingStep(secret, code, at)
        sealed = self._keeper.seal(secret, context)
        return step is not None and await work.factors.replaceByProposed(totp, sealed, step, at)
