from __future__ import annotations

from KSysAdmin.backend.application.output.signInOutput import TotpEnrollmentOutput
from KSysAdmin.backend.application.signIn.totpPicture import showTotp
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SecretKeeperInterface
from KSysAdmin.backend.domain.models.administratorFactor import AdministratorTotp
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.signInRules import totpContext
from KSysAdmin.backend.domain.policies.totp import newTotpSecret
from shared.backend.utils.clock import ClockInterface


class ProposeTotpService:
    """A secret for an authenticator app. The present one stays good until a code of the new one was right."""

    def __init__(self, openWork: OpenAdminWork, keeper: SecretKeeperInterface, clock: ClockInterface) -> None:
        self._openWork, self._keeper, self._clock = openWork, keeper, clock

    async def execute(self, actor: AdminActor) -> TotpEnrollmentOutput:
        secret, context = newTotpSecret(), totpContext(actor.administratorId)
        async with self._openWork() as work:
            await work.administrators.getForUpdate(actor.administratorId)
            if not await work.factors.propose(actor.administratorId, self._keeper.sealText(secret, context)):
                sealed = self._keeper.seal(secret, context)
                first = AdministratorTotp.propose(actor.administratorId, sealed, self._clock.now())
                await work.factors.replaceUnconfirmed(first)
            await work.commit()
        return showTotp(secret, actor.email)
