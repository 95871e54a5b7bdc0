from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KAuthApp.backend.application.input.loginSecondFactorInput import LoginSecondFactorInput
from KAuthApp.backend.application.output.loginOutput import SignedIn
from KAuthApp.backend.application.signIn.factorChecker import FactorChecker
from KAuthApp.backend.application.signIn.recoveryNotice import RecoveryNotice
from KAuthApp.backend.application.signIn.sessionOpener import SessionOpener
from KAuthApp.backend.domain.exceptions.authErrors import ChallengeInvalidError, SecondFactorInvalidError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import Device, SessionClient
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class CompleteLoginService:
    """The second half of a sign-in: a factor after the password. Half a sign-in is good once, for minutes and for a
    few tries, and for nothing once the password was changed or the account suspended.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        checker: FactorChecker,
        notice: RecoveryNotice,
        sessions: SessionOpener,
        policy: ChallengePolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._checker, self._notice, self._sessions = openWork, checker, notice, sessions
        self._policy, self._clock = policy, clock

    async def execute(self, proof: LoginSecondFactorInput, device: Device) -> SignedIn:
        now = self._clock.now()
        userId, client, methods = await self._begun(proof.challengeId, now)
        prepared = await self._sessions.prepare(userId, client, device, [*methods, proof.method.value], now)
        async with self._openWork() as work:
            user = await work.users.getForUpdate(userId)
            challenge = await self._openChallenge(work, user, proof.challengeId, now)
            if not await self._checker.accepts(work, user.id, proof, challenge, now):
                await work.challenges.countFailure(challenge.id, self._policy, now)
                await work.commit()  # the try counts although it is refused
                logger.security.warning("auth.secondFactorRefused", method=proof.method.value, userId=str(user.id))
                raise SecondFactorInvalidError
            if not await work.challenges.spend(challenge.id, now):
                raise ChallengeInvalidError
            await self._notice.orderFor(work, user, proof.method, prepared.session.deviceLabel, now)
            factors = await work.users.secondFactorsOf(user.id)
            await self._sessions.save(work, user, prepared)
            await work.commit()

        return await self._sessions.handOver(user, factors, prepared)

    async def _begun(self, challengeId: UUID, now: datetime) -> tuple[UUID, SessionClient, list[str]]:
        """Whose sign-in it is, for what, and what was shown; read without a lock, looked at again with one."""
        async with self._openWork() as work:
            challenge = await work.challenges.findOpen(challengeId, ChallengeKind.SECOND_FACTOR, now)
        if challenge is None or challenge.userId is None or challenge.client is None:
            raise ChallengeInvalidError
        return challenge.userId, challenge.client, challenge.authMethods

    async def _openChallenge(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, challengeId: UUID, now: datetime
    ) -> SignInChallenge:
        challenge = await work.challenges.findOpen(challengeId, ChallengeKind.SECOND_FACTOR, now)
        if challenge is None or not user.isActive:
            raise ChallengeInvalidError
        return challenge
