from __future__ import annotations

from KSysAdmin.backend.application.input.signInInput import ChallengeInput
from KSysAdmin.backend.application.signIn.passkeyDesk import PasskeyDesk
from KSysAdmin.backend.domain.exceptions.administratorErrors import ChallengeInvalidError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.models.administratorChallenge import ChallengeKind
from shared.backend.http.credentials import hashCredential
from shared.backend.utils.clock import ClockInterface
from shared.backend.webAuthn.webAuthnJson import CreationOptionsJson


class StartPasskeyEnrollmentService:
    """What a browser makes the first passkey with, in a sign-in that waits for a factor to be set up."""

    def __init__(self, openWork: OpenAdminWork, desk: PasskeyDesk, clock: ClockInterface) -> None:
        self._openWork, self._desk, self._clock = openWork, desk, clock

    async def execute(self, asked: ChallengeInput) -> CreationOptionsJson:
        at = self._clock.now()
        async with self._openWork() as work:
            challenge = await work.challenges.findOpen(hashCredential(asked.challengeId), ChallengeKind.ENROLLMENT, at)
            if challenge is None:
                raise ChallengeInvalidError
            administrator = await work.administrators.getForUpdate(challenge.administratorId)
            if not administrator.canSignIn:
                raise ChallengeInvalidError
            options = await self._desk.offerRegistration(work, administrator, challenge.id, at)
            await work.commit()
        return options
