from __future__ import annotations

from datetime import datetime

from KSysAdmin.backend.application.input.passkeyInputs import EnrollPasskeyInput
from KSysAdmin.backend.application.output.signedInOutput import SignedInOutput
from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.application.signIn.firstFactor import completeEnrollment
from KSysAdmin.backend.application.signIn.passkeyDesk import PasskeyDesk
from KSysAdmin.backend.application.signIn.sessionOpener import SessionOpener
from KSysAdmin.backend.application.signIn.signInCaller import SignInCaller
from KSysAdmin.backend.domain.exceptions.administratorErrors import ChallengeInvalidError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.models.administratorChallenge import AdministratorChallenge, ChallengeKind
from shared.backend.http.credentials import hashCredential
from shared.backend.utils.clock import ClockInterface


class EnrollPasskeyService:
    """Keeps a passkey as the first factor, gives out the recovery codes, and signs in."""

    def __init__(
        self,
        openWork: OpenAdminWork,
        desk: PasskeyDesk,
        sessions: SessionOpener,
        notices: AdministratorNotices,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._desk, self._sessions, self._clock = openWork, desk, sessions, clock
        self._notices = notices

    async def execute(self, asked: EnrollPasskeyInput, caller: SignInCaller) -> SignedInOutput:
        at = self._clock.now()
        challenge = await self._takeTry(asked.challengeId, at)
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(challenge.administratorId)
            await self._ensureHasNone(work, administrator)
            passkey = await self._desk.register(work, administrator, asked, asked.name, challenge.id, at)
            if not await work.challenges.spend(challenge.id, at):
                raise ChallengeInvalidError
            told = {"factor": "passkey", "passkeyName": passkey.name}
            codes = await completeEnrollment(work, self._notices, administrator.id, told, at)
            facts = {"passkeyId": str(passkey.id)}
            opened = await self._sessions.open(
                work, administrator, "passkey", "administrator.enrolled", caller, at, facts
            )
            await work.commit()

        return await self._sessions.handOver(opened, codes)

    async def _takeTry(self, token: str, at: datetime) -> AdministratorChallenge:
        async with self._openWork() as work:
            challenge = await work.challenges.takeTry(hashCredential(token), ChallengeKind.ENROLLMENT, at)
            await work.commit()
        if challenge is None:
            raise ChallengeInvalidError
        return challenge

    async def _ensureHasNone(self, work: AdminUnitOfWorkInterface, administrator: Administrator) -> None:
        """A password alone never adds a factor beside another one."""
        totp = await work.factors.findTotp(administrator.id)
        hasTotp = totp is not None and totp.confirmedAt is not None
        if hasTotp or await work.passkeys.listOf(administrator.id) or not administrator.canSignIn:
            raise ChallengeInvalidError
