from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.factorOutputs import TotpEnrollmentOutput
from KAuthApp.backend.application.signIn.callerLock import lockCaller
from KAuthApp.backend.domain.exceptions.authErrors import TotpAlreadyOnError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.userTotp import UserTotp
from KAuthApp.backend.domain.policies.personalKeys import keyOf
from KAuthApp.backend.domain.policies.totp import newTotpSecret
from shared.backend.utils.clock import ClockInterface


class EnrollTotpService:
    """Makes a secret for an authenticator app. Asking again replaces it, until one was confirmed."""

    def __init__(self, openWork: OpenAuthWork, personal: PersonalSealerInterface, clock: ClockInterface) -> None:
        self._openWork, self._personal, self._clock = openWork, personal, clock

    async def execute(self, identity: IdentityDTO) -> TotpEnrollmentOutput:
        now = self._clock.now()
        secret = newTotpSecret()
        async with self._openWork() as work:
            user = await lockCaller(work, identity, now)
            key = await keyOf(work, self._personal, user.id, now)
            if not await work.totps.propose(UserTotp.propose(key, secret, self._personal, now)):
                raise TotpAlreadyOnError
            await work.audit.append(byUser(user.id, "auth.totpProposed", now))
            await work.commit()

        return TotpEnrollmentOutput.of(secret, user.emailAsGiven)
