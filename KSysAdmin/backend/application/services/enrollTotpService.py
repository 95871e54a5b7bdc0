from __future__ import annotations

from KSysAdmin.backend.application.input.signInInput import EnrollTotpInput
from KSysAdmin.backend.application.output.signInOutput import TotpEnrollmentOutput
from KSysAdmin.backend.application.signIn.totpPicture import showTotp
from KSysAdmin.backend.domain.exceptions.administratorErrors import ChallengeInvalidError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SecretKeeperInterface
from KSysAdmin.backend.domain.models.administratorChallenge import ChallengeKind
from KSysAdmin.backend.domain.models.administratorFactor import AdministratorTotp
from KSysAdmin.backend.domain.policies.signInRules import totpContext
from KSysAdmin.backend.domain.policies.totp import newTotpSecret
from shared.backend.http.credentials import hashCredential
from shared.backend.utils.clock import ClockInterface


class EnrollTotpService:
    """Makes a secret for the authenticator app. Asking again replaces it, until one was confirmed."""

    def __init__(self, openWork: OpenAdminWork, keeper: SecretKeeperInterface, clock: ClockInterface) -> None:
        self._openWork, self._keeper, self._clock = openWork, keeper, clock

    async def execute(self, asked: EnrollTotpInput) -> TotpEnrollmentOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            challenge = await work.challenges.findOpen(hashCredential(asked.challengeId), ChallengeKind.ENROLLMENT, at)
            if challenge is None:
                raise ChallengeInvalidError
            administrator = await work.administrators.getForUpdate(challenge.administratorId)
            if not administrator.canSignIn:
                raise ChallengeInvalidError
            secret = newTotpSecret()
            sealed = self._keeper.seal(secret, totpContext(administrator.id))
            if not await work.factors.replaceUnconfirmed(AdministratorTotp.propose(administrator.id, sealed, at)):
                raise ChallengeInvalidError
            await work.commit()

        return showTotp(secret, administrator.email)
