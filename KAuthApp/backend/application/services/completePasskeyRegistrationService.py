from __future__ import annotations

from datetime import datetime
from typing import Final

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.input.passkeyInputs import RegisterPasskeyInput
from KAuthApp.backend.application.output.passkeyOutputs import PasskeyAddedOutput
from KAuthApp.backend.application.output.renewalOutput import RenewalOutput
from KAuthApp.backend.application.signIn.factorChange import FactorChange, FactorNews
from KAuthApp.backend.application.signIn.recoveryCodes import RecoveryCodes
from KAuthApp.backend.domain.exceptions.passkeyErrors import PasskeyRegistrationRefusedError, TooManyPasskeysError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.models.factorMethod import FactorMethod
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind
from KAuthApp.backend.domain.models.userPasskey import MOST_PASSKEYS, UserPasskey
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.domain.policies.devicePolicy import describeDevice
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.webAuthn.ceremoniesInterface import NewCredential, WebAuthnCeremoniesInterface
from shared.backend.webAuthn.refusal import WebAuthnRefusedError

logger = SystemLogger("kauth")

_PASSKEY: Final = str(FactorMethod.PASSKEY.value)


class CompletePasskeyRegistrationService:
    """Keeps a new passkey that answers the challenge this session was given. It counts as a factor from now on."""

    def __init__(
        self,
        openWork: OpenAuthWork,
        ceremonies: WebAuthnCeremoniesInterface,
        change: FactorChange,
        codes: RecoveryCodes,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._ceremonies, self._change = openWork, ceremonies, change
        self._codes, self._clock = codes, clock

    async def execute(
        self, asked: RegisterPasskeyInput, device: Device, identity: IdentityDTO
    ) -> tuple[PasskeyAddedOutput, RenewalOutput]:
        challenge, credential = self._verify(asked, identity)
        now = self._clock.now()
        name = asked.name or describeDevice(device.userAgent)
        passkey = UserPasskey.register(identity.userId, credential, name, now)
        news = _newsOf(passkey)
        async with self._openWork() as work:
            user = await work.users.getForUpdate(identity.userId)
            await self._spend(work, challenge, identity, now)
            before = await work.users.secondFactorsOf(user.id)
            if before.passkeys >= MOST_PASSKEYS:
                raise TooManyPasskeysError
            await work.passkeys.add(passkey)
            recoveryCodes = await self._codes.issueFirst(work, user.id, before, now)
            renewed = await self._change.record(work, user, identity, news, now)
            await work.commit()

        return PasskeyAddedOutput.of(passkey, recoveryCodes), await self._change.handOver(renewed, news)

    def _verify(self, asked: RegisterPasskeyInput, identity: IdentityDTO) -> tuple[bytes, NewCredential]:
        """The challenge it answers, still to be looked up, and what it brought."""
        try:
            challenge = self._ceremonies.challengeIn(asked)
            return challenge, self._ceremonies.verifyRegistration(asked, challenge)
        except WebAuthnRefusedError as error:
            reason = error.refusal.value
            logger.security.warning("auth.passkeyRegistrationRefused", reason=reason, userId=str(identity.userId))
            raise PasskeyRegistrationRefusedError(f"refused: {reason}") from None

    async def _spend(
        self, work: AuthUnitOfWorkInterface, webAuthnChallenge: bytes, identity: IdentityDTO, at: datetime
    ) -> None:
        challenge = await work.challenges.findOpenByWebAuthn(webAuthnChallenge, at)
        isOurs = (
            challenge is not None
            and challenge.kind == ChallengeKind.PASSKEY_REGISTRATION
            and (challenge.userId, challenge.sessionId) == (identity.userId, identity.sessionId)
        )
        if challenge is None or not isOurs or not await work.challenges.spend(challenge.id, at):
            raise PasskeyRegistrationRefusedError("refused: the challenge was used, is too old, or is not yours")


def _newsOf(passkey: UserPasskey) -> FactorNews:
    facts = {"factor": _PASSKEY, "passkeyName": passkey.name}
    told = {"passkeyId": str(passkey.id)}
    return FactorNews("auth.passkeyAdded", MailKind.FACTOR_ADDED, facts, told, shown=_PASSKEY)
