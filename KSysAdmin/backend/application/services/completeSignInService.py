from __future__ import annotations

from datetime import datetime

from KSysAdmin.backend.application.input.signInInput import SecondFactorInput
from KSysAdmin.backend.application.output.signedInOutput import SignedInOutput
from KSysAdmin.backend.application.signIn.factorChecker import FactorChecker
from KSysAdmin.backend.application.signIn.sessionOpener import SessionOpener
from KSysAdmin.backend.application.signIn.signInCaller import SignInCaller
from KSysAdmin.backend.domain.exceptions.administratorErrors import ChallengeInvalidError, CodeInvalidError
from KSysAdmin.backend.domain.exceptions.passkeyErrors import PasskeyRefusedError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.models.administratorChallenge import AdministratorChallenge, ChallengeKind
from shared.backend.http.credentials import hashCredential
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kadmin")


class CompleteSignInService:
    """The second half of a sign-in: a passkey, a code of the app, or a recovery code, each good once."""

    def __init__(
        self, openWork: OpenAdminWork, checker: FactorChecker, sessions: SessionOpener, clock: ClockInterface
    ) -> None:
        self._openWork, self._checker, self._sessions, self._clock = openWork, checker, sessions, clock

    async def execute(self, asked: SecondFactorInput, caller: SignInCaller) -> SignedInOutput:
        at = self._clock.now()
        challenge = await self._takeTry(asked.challengeId, at)
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(challenge.administratorId)
            if not administrator.canSignIn:
                raise ChallengeInvalidError
            if not await self._checker.accepts(work, administrator, asked, challenge.id, at):
                await work.commit()  # the try counts although it is refused
                logger.security.warning(
                    "admin.secondFactorRefused", "refused", administratorId=str(administrator.id), method=asked.method
                )
                raise PasskeyRefusedError if asked.method == "passkey" else CodeInvalidError
            if not await work.challenges.spend(challenge.id, at):
                raise ChallengeInvalidError
            opened = await self._sessions.open(work, administrator, asked.method, "administrator.signedIn", caller, at)
            await work.commit()

        return await self._sessions.handOver(opened)

    async def _takeTry(self, token: str, at: datetime) -> AdministratorChallenge:
        async with self._openWork() as work:
            challenge = await work.challenges.takeTry(hashCredential(token), ChallengeKind.SECOND_FACTOR, at)
            await work.commit()
        if challenge is None:
            raise ChallengeInvalidError
        return challenge
