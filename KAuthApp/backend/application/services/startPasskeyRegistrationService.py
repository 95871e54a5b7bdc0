from __future__ import annotations

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.signIn.callerLock import lockCaller
from KAuthApp.backend.domain.exceptions.passkeyErrors import TooManyPasskeysError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.models.userPasskey import MOST_PASSKEYS
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from shared.backend.utils.clock import ClockInterface
from shared.backend.webAuthn.ceremoniesInterface import PasskeyOwner, WebAuthnCeremoniesInterface
from shared.backend.webAuthn.webAuthnJson import CreationOptionsJson


class StartPasskeyRegistrationService:
    """What a browser makes a new passkey with. The first time, the account gets its handle: random, saying nothing."""

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

    async def execute(self, identity: IdentityDTO) -> CreationOptionsJson:
        webAuthnChallenge = self._secrets.newChallenge()
        async with self._openWork() as work:
            user = await lockCaller(work, identity, self._clock.now())
            passkeys = await work.passkeys.listOf(user.id)
            if len(passkeys) >= MOST_PASSKEYS:
                raise TooManyPasskeysError
            handle = user.givePasskeyHandle(self._secrets.newChallenge())
            challenge = SignInChallenge.open(
                ChallengeKind.PASSKEY_REGISTRATION,
                self._policy,
                self._clock.now(),
                userId=user.id,
                sessionId=identity.sessionId,
                webAuthnChallenge=webAuthnChallenge,
            )
            await work.challenges.add(challenge)
            await work.commit()

        owner = PasskeyOwner(handle=handle, name=user.emailAsGiven, displayName=user.fullName or user.emailAsGiven)
        return self._ceremonies.registrationOptions(owner, webAuthnChallenge, [passkey.hint for passkey in passkeys])
