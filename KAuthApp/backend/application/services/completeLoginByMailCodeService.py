from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KAuthApp.backend.application.input.loginSecondFactorInput import LoginSecondFactorInput
from KAuthApp.backend.application.output.loginOutput import SignedIn
from KAuthApp.backend.application.output.secondFactorRequiredOutput import SecondFactorRequiredOutput
from KAuthApp.backend.application.signIn.factorAsker import FactorAsker
from KAuthApp.backend.application.signIn.mailCodes import MailCodes
from KAuthApp.backend.application.signIn.sessionOpener import SessionOpener
from KAuthApp.backend.domain.exceptions.authErrors import ChallengeInvalidError, SecondFactorInvalidError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.models.userSession import Device, SessionClient
from KAuthApp.backend.domain.policies.sessionPolicy import EMAIL_CODE
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class CompleteLoginByMailCodeService:
    """Finishes a sign-in by the code that was mailed for it; who has a second factor is asked for that next.

    A challenge that nobody can answer refuses every code as one of a real person does. What was begun with a password
    that was changed meanwhile opens nothing.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        codes: MailCodes,
        asker: FactorAsker,
        sessions: SessionOpener,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._codes, self._asker, self._sessions, self._clock = openWork, codes, asker, sessions, clock

    async def execute(self, proof: LoginSecondFactorInput, device: Device) -> SignedIn | SecondFactorRequiredOutput:
        now = self._clock.now()
        userId, client, begunAt = await self._prove(proof, now)
        prepared = await self._sessions.prepare(userId, client, device, ["password", EMAIL_CODE], now)
        async with self._openWork() as work:
            user = await work.users.getForUpdate(userId)
            if not user.isActive or user.passwordChangedAt > begunAt:
                raise ChallengeInvalidError
            factors = await work.users.secondFactorsOf(user.id)
            challenge = await self._asker.askIfOn(work, user.id, factors, client, now)
            if challenge is None:
                await self._sessions.save(work, user, prepared)
            await work.commit()

        if challenge is not None:
            return SecondFactorRequiredOutput.of(challenge, factors.methods)
        return await self._sessions.handOver(user, factors, prepared)

    async def _prove(self, proof: LoginSecondFactorInput, now: datetime) -> tuple[UUID, SessionClient, datetime]:
        async with self._openWork() as work:
            challenge = await self._open(work, proof.challengeId, now)
            isRight = await self._codes.accepts(work, challenge, proof.code or "", now)
            await work.commit()  # a wrong code counts although it is refused
        if not isRight or challenge.userId is None or challenge.client is None:
            logger.security.warning("auth.secondFactorRefused", method=EMAIL_CODE)
            raise SecondFactorInvalidError
        return challenge.userId, challenge.client, challenge.createdAt

    async def _open(self, work: AuthUnitOfWorkInterface, challengeId: UUID, now: datetime) -> SignInChallenge:
        challenge = await work.challenges.findOpen(challengeId, ChallengeKind.EMAIL_CODE, now)
        if challenge is None:
            raise ChallengeInvalidError
        return challenge
