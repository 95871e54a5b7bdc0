from __future__ import annotations

from datetime import datetime

from pydantic import SecretStr

from KSysAdmin.backend.application.input.signInInput import ConfirmTotpInput
from KSysAdmin.backend.application.output.signedInOutput import SignedInOutput
from KSysAdmin.backend.application.output.signInOutput import AuthenticatedOutput
from KSysAdmin.backend.domain.exceptions.administratorErrors import ChallengeInvalidError, CodeInvalidError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SecretKeeperInterface
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.models.administratorChallenge import AdministratorChallenge, ChallengeKind
from KSysAdmin.backend.domain.models.administratorFactor import AdministratorRecoveryCode
from KSysAdmin.backend.domain.models.administratorSession import AdministratorSession
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.recoveryCodes import hashRecoveryCode, newRecoveryCodes
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy
from KSysAdmin.backend.domain.policies.signInRules import totpContext
from KSysAdmin.backend.domain.policies.totp import matchingStep
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential
from shared.backend.http.requestContext import RequestContext
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kadmin")


class ConfirmTotpService:
    """The first right code enrols the app, gives out the recovery codes, and signs in. That code counts as used."""

    def __init__(
        self,
        openWork: OpenAdminWork,
        keeper: SecretKeeperInterface,
        copies: SessionCopiesInterface,
        clock: ClockInterface,
        policy: AdminSessionPolicy,
    ) -> None:
        self._openWork, self._keeper, self._copies = openWork, keeper, copies
        self._clock, self._policy = clock, policy

    async def execute(self, asked: ConfirmTotpInput, context: RequestContext) -> SignedInOutput:
        at = self._clock.now()
        challenge = await self._takeTry(asked.challengeId, at)
        secret, codes = CryptoFactory.randomToken(), newRecoveryCodes()
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(challenge.administratorId)
            await self._confirm(work, challenge, asked.code, at)
            hashes = [hashRecoveryCode(administrator.id, code) for code in codes]
            await work.factors.addRecoveryCodes(
                [AdministratorRecoveryCode.create(administrator.id, codeHash, at) for codeHash in hashes]
            )
            session = AdministratorSession.open(
                administrator.id,
                hashCredential(secret),
                "totp",
                context.clientIp,
                context.userAgent,
                self._policy,
                at,
            )
            administrator.signedIn(at)
            await work.sessions.add(session)
            actor = await work.sessions.findActor(session.secretHash, self._policy, at)
            if actor is None:
                raise ChallengeInvalidError
            facts = {"secondFactor": "totp", "sessionId": str(session.id)}
            target = ("administrator", administrator.id)
            await work.audit.append(changeBy(administrator.id, "administrator.enrolled", target, at, after=facts))
            await work.commit()

        await self._copies.writeAdministrator(session.secretHash, actor)
        logger.security.info("admin.enrolled", "second factor set up", administratorId=str(administrator.id))
        output = AuthenticatedOutput.fromActor(actor, codes)
        return SignedInOutput(output=output, sessionSecret=SecretStr(secret), expiresAt=session.expiresAt)

    async def _takeTry(self, token: str, at: datetime) -> AdministratorChallenge:
        async with self._openWork() as work:
            challenge = await work.challenges.takeTry(hashCredential(token), ChallengeKind.ENROLLMENT, at)
            await work.commit()
        if challenge is None:
            raise ChallengeInvalidError
        return challenge

    async def _confirm(
        self, work: AdminUnitOfWorkInterface, challenge: AdministratorChallenge, code: str, at: datetime
    ) -> None:
        totp = await work.factors.findTotp(challenge.administratorId)
        if totp is None or totp.confirmedAt is not None:
            raise ChallengeInvalidError
        secret = self._keeper.open(totp.sealedSecret, totpContext(challenge.administratorId))
        step = matchingStep(secret, code, at)
        if step is None:
            raise CodeInvalidError
        if not await work.factors.confirm(totp, step, at) or not await work.challenges.spend(challenge.id, at):
            raise ChallengeInvalidError
