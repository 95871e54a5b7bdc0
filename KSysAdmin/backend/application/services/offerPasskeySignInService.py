from __future__ import annotations

from KSysAdmin.backend.application.input.signInInput import ChallengeInput
from KSysAdmin.backend.application.signIn.passkeyDesk import PasskeyDesk
from KSysAdmin.backend.domain.exceptions.administratorErrors import ChallengeInvalidError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.models.administratorChallenge import ChallengeKind
from shared.backend.http.credentials import hashCredential
from shared.backend.utils.clock import ClockInterface
from shared.backend.webAuthn.webAuthnJson import RequestOptionsJson


class OfferPasskeySignInService:
    """What a browser asks for a passkey with, once the password was right."""

    def __init__(self, openWork: OpenAdminWork, desk: PasskeyDesk, clock: ClockInterface) -> None:
        self._openWork, self._desk, self._clock = openWork, desk, clock

    async def execute(self, asked: ChallengeInput) -> RequestOptionsJson:
        at = self._clock.now()
        async with self._openWork() as work:
            tokenHash = hashCredential(asked.challengeId)
            challenge = await work.challenges.findOpen(tokenHash, ChallengeKind.SECOND_FACTOR, at)
            if challenge is None:
                raise ChallengeInvalidError
            options = await self._desk.offer(work, challenge.administratorId, challenge.id, at)
            await work.commit()
        return options
