from __future__ import annotations

from datetime import datetime

from pydantic import SecretStr

from KSysAdmin.backend.application.input.signInInput import SecondFactorInput
from KSysAdmin.backend.application.output.signedInOutput import SignedInOutput
from KSysAdmin.backend.application.output.signInOutput import AuthenticatedOutput
from KSysAdmin.backend.domain.exceptions.administratorErrors import ChallengeInvalidError, CodeInvalidError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SecretKeeperInterface
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.models.administratorChallenge import AdministratorChallenge, ChallengeKind
from KSysAdmin.backend.domain.models.administratorFactor import AdministratorTotp
from KSysAdmin.backend.domain.models.administratorSession import AdministratorSession
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.recoveryCodes import hashRecoveryCode
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy
from KSysAdmin.backend.domain.policies.signInRules import totpContext
from KSysAdmin.backend.domain.policies.throttlePolicy import ThrottlePolicy
from KSysAdmin.backend.domain.policies.totp import matchingStep
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential
from shared.backend.http.requestContext import RequestContext
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kadmin")


class CompleteSignInService:
    """The second half of a sign-in: a code of the app, or a recovery code, each good once."""

    def __init__(
        self,
        openWork: OpenAdminWork,
        keeper: SecretKeeperInterface,
        copies: SessionCopiesInterface,
        clock: ClockInterface,
        policy: AdminSessionPolicy,
        throttle: ThrottlePolicy,
    ) -> None:
        self._openWork, self._keeper, self._copies = openWork, keeper, copies
        self._clock, self._policy, self._throttle = clock, policy, throttle

    async def execute(self, asked: SecondFactorInput, context: RequestContext) -> SignedInOutput:
        at = self._clock.now()
        challenge = await self._takeTry(asked.challengeId, at)
        secret = CryptoFactory.randomToken()
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(challenge.administratorId)
            totp = await work.factors.findTotp(administrator.id)
            if totp is None or not administrator.canSignIn:
                raise ChallengeInvalidError
            self._throttle.ensureMayTry(totp.failuresInARow, totp.lastFailedAt, at)
            if not await self._spend(work, totp, asked, at):
                await self._countFailure(work, challenge, at)
                raise CodeInvalidError
            if not await work.challenges.spend(challenge.id, at):
                raise ChallengeInvalidError
            session = AdministratorSession.open(
                administrator.id,
                hashCredential(secret),
                asked.method,
                context.clientIp,
                context.userAgent,
                self._policy,
                at,
            )
            administrator.signedIn(at)
            await work.factors.clearFailures(administrator.id)
            await work.sessions.add(session)
            actor = await work.sessions.findActor(session.secretHash, self._policy, at)
            if actor is None:
                raise ChallengeInvalidError
            facts = {"secondFactor": asked.method, "sessionId": str(session.id)}
            target = ("administrator", administrator.id)
            await work.audit.append(changeBy(administrator.id, "administrator.signedIn", target, at, after=facts))
            await work.commit()

        await self._copies.writeAdministrator(session.secretHash, actor)
        logger.security.info("admin.signedIn", "signed in", administratorId=str(administrator.id), method=asked.method)
        output = AuthenticatedOutput.fromActor(actor)
        return SignedInOutput(output=output, sessionSecret=SecretStr(secret), expiresAt=session.expiresAt)

    async def _takeTry(self, token: str, at: datetime) -> AdministratorChallenge:
        async with self._openWork() as work:
            challenge = await work.challenges.takeTry(hashCredential(token), ChallengeKind.SECOND_FACTOR, at)
            await work.commit()
        if challenge is None:
            raise ChallengeInvalidError
        return challenge

    async def _spend(
        self, work: AdminUnitOfWorkInterface, totp: AdministratorTotp, asked: SecondFactorInput, at: datetime
    ) -> bool:
        administratorId = totp.administratorId
        if asked.method == "recoveryCode":
            return await work.factors.spendRecoveryCode(
                administratorId, hashRecoveryCode(administratorId, asked.code), at
            )
        secret = self._keeper.open(totp.sealedSecret, totpContext(administratorId))
        step = matchingStep(secret, asked.code, at)
        return step is not None and await work.factors.spendStep(administratorId, step)

    async def _countFailure(
        self, work: AdminUnitOfWorkInterface, challenge: AdministratorChallenge, at: datetime
    ) -> None:
        await work.factors.countFailure(challenge.administratorId, at)
        await work.commit()
        logger.security.warning(
            "admin.secondFactorRefused", "wrong or used code", administratorId=str(challenge.administratorId)
        )
