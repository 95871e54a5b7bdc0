from __future__ import annotations

from datetime import datetime

from KSysAdmin.backend.application.input.signInInput import ConfirmTotpInput
from KSysAdmin.backend.application.output.signedInOutput import SignedInOutput
from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.application.signIn.firstFactor import completeEnrollment
from KSysAdmin.backend.application.signIn.sessionOpener import SessionOpener
from KSysAdmin.backend.application.signIn.signInCaller import SignInCaller
from KSysAdmin.backend.domain.exceptions.administratorErrors import ChallengeInvalidError, CodeInvalidError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SecretKeeperInterface
from KSysAdmin.backend.domain.models.administratorChallenge import AdministratorChallenge, ChallengeKind
from KSysAdmin.backend.domain.policies.signInRules import totpContext
from KSysAdmin.backend.domain.policies.totp import matchingStep
from shared.backend.http.credentials import hashCredential
from shared.backend.utils.clock import ClockInterface


class ConfirmTotpService:
    """The first right code enrols the app, gives out the recovery codes, and signs in. That code counts as used."""

    def __init__(
        self,
        openWork: OpenAdminWork,
        keeper: SecretKeeperInterface,
        sessions: SessionOpener,
        notices: AdministratorNotices,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._keeper, self._sessions, self._clock = openWork, keeper, sessions, clock
        self._notices = notices

    async def execute(self, asked: ConfirmTotpInput, caller: SignInCaller) -> SignedInOutput:
        at = self._clock.now()
        challenge = await self._takeTry(asked.challengeId, at)
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(challenge.administratorId)
            await self._confirm(work, challenge, asked.code, at)
            codes = await completeEnrollment(work, self._notices, administrator.id, {"factor": "totp"}, at)
            opened = await self._sessions.open(work, administrator, "totp", "administrator.enrolled", caller, at)
            await work.commit()

        return await self._sessions.handOver(opened, codes)

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
