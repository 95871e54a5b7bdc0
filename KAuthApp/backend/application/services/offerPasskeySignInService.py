from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from KAuthApp.backend.application.input.passkeyInputs import PasskeySignInOptionsInput
from KAuthApp.backend.domain.exceptions.authErrors import ChallengeInvalidError
from KAuthApp.backend.domain.exceptions.passkeyErrors import PasskeyNotFoundError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from KAuthApp.backend.domain.policies.decoyPasskeys import decoysFrom
from shared.backend.utils.clock import ClockInterface
from shared.backend.webAuthn.ceremoniesInterface import CredentialHint, WebAuthnCeremoniesInterface
from shared.backend.webAuthn.webAuthnJson import RequestOptionsJson


class OfferPasskeySignInService:
    """What a browser asks for a passkey with. An address nobody has, or without passkeys, gets decoys, always the same.

    Known or not, an address costs the same statements; the challenge is bound to nobody, since the passkey that
    answers names its account by itself.
    """

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

    async def execute(self, asked: PasskeySignInOptionsInput) -> RequestOptionsJson:
        if asked.challengeId is not None:
            return await self._forSecondFactor(asked.challengeId)
        email = None if asked.email is None else EmailAddress.parse(asked.email)
        return await self._forSignIn(email)

    async def _forSecondFactor(self, challengeId: UUID) -> RequestOptionsJson:
        now = self._clock.now()
        async with self._openWork() as work:
            challenge = await work.challenges.findOpen(challengeId, ChallengeKind.SECOND_FACTOR, now)
            if challenge is None or challenge.userId is None or challenge.webAuthnChallenge is None:
                raise ChallengeInvalidError
            passkeys = await work.passkeys.listOf(challenge.userId)
        if not passkeys:
            raise PasskeyNotFoundError("the account has no passkey")
        return self._ceremonies.authenticationOptions(
            challenge.webAuthnChallenge, [passkey.hint for passkey in passkeys]
        )

    async def _forSignIn(self, email: EmailAddress | None) -> RequestOptionsJson:
        decoys = [] if email is None else decoysFrom(self._secrets.decoySeedOf(email.normalised))
        webAuthnChallenge = self._secrets.newChallenge()
        challenge = SignInChallenge.open(
            ChallengeKind.PASSKEY_SIGN_IN, self._policy, self._clock.now(), webAuthnChallenge=webAuthnChallenge
        )
        hints: Sequence[CredentialHint] = []
        async with self._openWork() as work:
            if email is not None:
                hints = await work.passkeys.hintsFor(email)
            await work.challenges.add(challenge)
            await work.commit()
        return self._ceremonies.authenticationOptions(webAuthnChallenge, hints or decoys)
