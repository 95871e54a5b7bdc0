from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KAuthApp.backend.application.input.factorProofInput import FactorProofInput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.passkeyVerifierInterface import PasskeyVerifierInterface
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.factorMethod import FactorMethod
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.policies.factorThrottlePolicy import FactorThrottlePolicy
from KAuthApp.backend.domain.policies.totp import matchingStep
from shared.backend.webAuthn.webAuthnJson import AuthenticationResponseJson


class FactorChecker:
    """Decides whether a second factor holds, and uses it up. The caller has locked the account, and commits also after
    a refusal: a wrong code counts.
    """

    def __init__(
        self,
        personal: PersonalSealerInterface,
        secrets: SecretMakerInterface,
        passkeys: PasskeyVerifierInterface,
        throttle: FactorThrottlePolicy,
    ) -> None:
        self._personal, self._secrets, self._passkeys, self._throttle = personal, secrets, passkeys, throttle

    async def accepts(
        self,
        work: AuthUnitOfWorkInterface,
        userId: UUID,
        proof: FactorProofInput,
        challenge: SignInChallenge | None,
        at: datetime,
    ) -> bool:
        """`challenge`: what a passkey had to sign; spending it is the caller's. TooManyAttemptsError while the app of
        the account has to wait.
        """
        match proof.method:
            case FactorMethod.TOTP:
                return await self._acceptsTotp(work, userId, proof.code or "", at)
            case FactorMethod.RECOVERY_CODE:
                codeHash = self._secrets.hashRecoveryCode(userId, proof.code or "")
                return await work.recoveryCodes.spend(userId, codeHash, at)
            case FactorMethod.PASSKEY:
                return await self._acceptsPasskey(work, userId, proof.assertion, challenge, at)
            case FactorMethod.EMAIL_CODE:
                return False  # a mailbox is no factor of the account

    async def acceptsAnswering(
        self,
        work: AuthUnitOfWorkInterface,
        userId: UUID,
        proof: FactorProofInput,
        kind: ChallengeKind,
        sessionId: UUID | None,
        at: datetime,
    ) -> bool:
        """As `accepts`, for a passkey that answers a challenge of this kind made for this session; it is spent."""
        challenge = await self._challengeOf(work, proof, at)
        if challenge is None:
            return await self.accepts(work, userId, proof, None, at)
        isTheirs = challenge.userId in (None, userId) and challenge.sessionId == sessionId
        if challenge.kind != kind or not isTheirs:
            return False
        isAccepted = await self.accepts(work, userId, proof, challenge, at)
        return isAccepted and await work.challenges.spend(challenge.id, at)

    async def _challengeOf(
        self, work: AuthUnitOfWorkInterface, proof: FactorProofInput, at: datetime
    ) -> SignInChallenge | None:
        signed = None if proof.assertion is None else self._passkeys.challengeIn(proof.assertion)
        return None if signed is None else await work.challenges.findOpenByWebAuthn(signed, at)

    async def _acceptsTotp(self, work: AuthUnitOfWorkInterface, userId: UUID, code: str, at: datetime) -> bool:
        totp = await work.totps.findOf(userId)
        if totp is None or not totp.isConfirmed:
            return False
        self._throttle.ensureMayTry(totp.failuresInARow, totp.lastFailedAt, at)
        secret = totp.secretFor(await work.userKeys.find(userId), self._personal)
        step = None if secret is None else matchingStep(secret, code, at)
        if step is None:
            await work.totps.countFailure(userId, at)
            return False
        return await work.totps.spendStep(userId, step)

    async def _acceptsPasskey(
        self,
        work: AuthUnitOfWorkInterface,
        userId: UUID,
        assertion: AuthenticationResponseJson | None,
        challenge: SignInChallenge | None,
        at: datetime,
    ) -> bool:
        if assertion is None or challenge is None or challenge.webAuthnChallenge is None:
            return False
        return await self._passkeys.verify(work, userId, assertion, challenge.webAuthnChallenge, at)
