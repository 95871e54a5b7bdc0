from __future__ import annotations

from datetime import datetime
from typing import Final, NoReturn
from uuid import UUID

from KAuthApp.backend.application.input.passkeyInputs import PasskeySignInInput
from KAuthApp.backend.application.output.loginOutput import SignedIn
from KAuthApp.backend.application.signIn.passkeyVerifier import PasskeyVerifier
from KAuthApp.backend.application.signIn.sessionOpener import SessionOpener
from KAuthApp.backend.domain.exceptions.authErrors import ChallengeInvalidError
from KAuthApp.backend.domain.exceptions.passkeyErrors import PasskeyRefusedError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind
from KAuthApp.backend.domain.models.userPasskey import UserPasskey
from KAuthApp.backend.domain.models.userSession import Device
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.webAuthn.ceremoniesInterface import VerifiedAssertion, WebAuthnCeremoniesInterface
from shared.backend.webAuthn.refusal import WebAuthnRefusedError

logger = SystemLogger("kauth")

PASSKEY_ALONE: Final = ("passkey",)


class SignInWithPasskeyService:
    """Signs a person in by a passkey, which is two factors by itself: the device, and what it verified its owner by.

    The signature is checked before anything is locked, against a key nobody has when the passkey is unknown, so that
    neither the answer nor its time tells which passkeys there are.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        ceremonies: WebAuthnCeremoniesInterface,
        verifier: PasskeyVerifier,
        sessions: SessionOpener,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._ceremonies, self._verifier = openWork, ceremonies, verifier
        self._sessions, self._clock = sessions, clock

    async def execute(self, asked: PasskeySignInInput, device: Device) -> SignedIn:
        challenge = self._challengeIn(asked)
        proven, shown = await self._prove(asked, challenge)
        now = self._clock.now()
        prepared = await self._sessions.prepare(proven.userId, asked.client, device, PASSKEY_ALONE, now)
        async with self._openWork() as work:
            user = await work.users.getForUpdate(proven.userId)
            passkey = await work.passkeys.findOf(user.id, asked.rawId)
            if passkey is None or passkey.id != proven.id or not user.isActive:
                self._refuse("removedOrNotActive", user.id)
            await self._spend(work, challenge, now)
            if not await self._verifier.recordUse(work, user, passkey, shown, now):
                await work.commit()  # the mark on the passkey stays although it is refused
                raise PasskeyRefusedError
            factors = await work.users.secondFactorsOf(user.id)
            await self._sessions.save(work, user, prepared)
            await work.commit()

        return await self._sessions.handOver(user, factors, prepared)

    def _challengeIn(self, asked: PasskeySignInInput) -> bytes:
        try:
            return self._ceremonies.challengeIn(asked)
        except WebAuthnRefusedError as error:
            self._refuse(error.refusal.value, None)

    async def _prove(self, asked: PasskeySignInInput, challenge: bytes) -> tuple[UserPasskey, VerifiedAssertion]:
        """Which passkey signed, and what it showed; whether the challenge is one of ours is still to be seen."""
        async with self._openWork() as work:
            found = await work.passkeys.findWithOwner(asked.rawId)
        if found is None:
            self._ceremonies.verifyAgainstNothing(asked, challenge)
            self._refuse("unknown", None)
        passkey, owner = found
        try:
            return passkey, self._ceremonies.verifyAssertion(asked, challenge, passkey.known, owner.passkeyHandle)
        except WebAuthnRefusedError as error:
            self._refuse(error.refusal.value, owner.id)

    async def _spend(self, work: AuthUnitOfWorkInterface, webAuthnChallenge: bytes, at: datetime) -> None:
        challenge = await work.challenges.findOpenByWebAuthn(webAuthnChallenge, at)
        if challenge is None or challenge.kind != ChallengeKind.PASSKEY_SIGN_IN:
            raise ChallengeInvalidError
        if not await work.challenges.spend(challenge.id, at):
            raise ChallengeInvalidError

    def _refuse(self, reason: str, userId: UUID | None) -> NoReturn:
        logger.security.warning("auth.passkeyRefused", reason=reason, userId=userId and str(userId))
        raise PasskeyRefusedError
