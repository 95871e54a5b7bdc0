from __future__ import annotations

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.domain.exceptions.passkeyErrors import PasskeyNotFoundError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from shared.backend.utils.clock import ClockInterface
from shared.backend.webAuthn.ceremoniesInterface import WebAuthnCeremoniesInterface
from shared.backend.webAuthn.webAuthnJson import RequestOptionsJson


class OfferStepUpService:
    """What a browser asks for one of the person's own passkeys with, to show again in this session that it is them."""

    def __init__(
        self,
        openWork: OpenAuthWork,
        ceremonies: WebAuthnCeremoniesInterface,
        secrets: SecretMakerInterface,
        policy: ChallengePolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._ceremonies, self._secrets = openWork, ceremonies, secrets
        self._policy, self._clock = policy, clock

    async def execute(self, identity: IdentityDTO) -> RequestOptionsJson:
        webAuthnChallenge = self._secrets.newChallenge()
        challenge = SignInChallenge.open(
            ChallengeKind.STEP_UP,
            self._policy,
            self._clock.now(),
            userId=identity.userId,
            sessionId=identity.sessionId,
            webAuthnChallenge=webAuthnChallenge,
        )
        async with self._openWork() as work:
            passkeys = await work.passkeys.listOf(identity.userId)
            if not passkeys:
                raise PasskeyNotFoundError("the account has no passkey")
            await work.challenges.add(challenge)
            await work.commit()
        return self._ceremonies.authenticationOptions(webAuthnChallenge, [passkey.hint for passkey in passkeys])
