from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.domain.exceptions.passkeyErrors import (
    PasskeyNotFoundError,
    PasskeyRegistrationRefusedError,
    TooManyPasskeysError,
)
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.models.administratorChallenge import AdministratorChallenge, ChallengeKind
from KSysAdmin.backend.domain.models.administratorPasskey import MOST_PASSKEYS, AdministratorPasskey
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.http.credentials import hashCredential
from shared.backend.loggingFactory import SystemLogger
from shared.backend.webAuthn.base64Url import toBase64Url
from shared.backend.webAuthn.ceremoniesInterface import (
    NewCredential,
    PasskeyOwner,
    VerifiedAssertion,
    WebAuthnCeremoniesInterface,
)
from shared.backend.webAuthn.refusal import WebAuthnRefusedError
from shared.backend.webAuthn.webAuthnJson import (
    AuthenticationResponseJson,
    CreationOptionsJson,
    RegistrationResponseJson,
    RequestOptionsJson,
)

logger = SystemLogger("kadmin")

PASSKEY_CHALLENGE_LIFETIME: Final = timedelta(minutes=5)


class PasskeyDesk:
    """Makes and recognises passkeys of administrators.

    Every challenge is for one sign-in or session, `boundTo`, and good once. The caller has locked the administrator,
    and commits also after a refusal: a challenge that was shown is spent.
    """

    def __init__(self, ceremonies: WebAuthnCeremoniesInterface, notices: AdministratorNotices) -> None:
        self._ceremonies, self._notices = ceremonies, notices

    @property
    def isOpen(self) -> bool:
        """Whether browsers know passkeys at the address of this site."""
        return self._ceremonies.isAvailable

    async def offer(
        self, work: AdminUnitOfWorkInterface, administratorId: UUID, boundTo: UUID, at: datetime
    ) -> RequestOptionsJson:
        """What a browser asks for one of the passkeys with; PasskeyNotFoundError when there is none."""
        passkeys = await work.passkeys.listOf(administratorId)
        if not passkeys:
            raise PasskeyNotFoundError("the administrator has no passkey")
        challenge = await self._newChallenge(work, administratorId, ChallengeKind.PASSKEY_ASSERTION, boundTo, at)
        return self._ceremonies.authenticationOptions(challenge, [passkey.hint for passkey in passkeys])

    async def accepts(
        self,
        work: AdminUnitOfWorkInterface,
        administrator: Administrator,
        assertion: AuthenticationResponseJson,
        boundTo: UUID,
        at: datetime,
    ) -> bool:
        """Whether one of the passkeys signed a challenge made for this; its use is written down then."""
        passkey = await work.passkeys.findOf(administrator.id, assertion.rawId)
        try:
            challenge = self._ceremonies.challengeIn(assertion)
            isOpen = await self._spend(work, challenge, ChallengeKind.PASSKEY_ASSERTION, boundTo, at)
            if passkey is None or not isOpen:
                return self._refused("unknownPasskeyOrChallenge", administrator.id)
            shown = self._ceremonies.verifyAssertion(assertion, challenge, passkey.known, administrator.passkeyHandle)
        except WebAuthnRefusedError as error:
            return self._refused(error.refusal.value, administrator.id)
        return await self._recordUse(work, passkey, shown, at)

    async def offerRegistration(
        self, work: AdminUnitOfWorkInterface, administrator: Administrator, boundTo: UUID, at: datetime
    ) -> CreationOptionsJson:
        """What a browser makes a new passkey with."""
        passkeys = await work.passkeys.listOf(administrator.id)
        if len(passkeys) >= MOST_PASSKEYS:
            raise TooManyPasskeysError
        handle = administrator.givePasskeyHandle(self._ceremonies.newChallenge())
        challenge = await self._newChallenge(work, administrator.id, ChallengeKind.PASSKEY_REGISTRATION, boundTo, at)
        owner = PasskeyOwner(handle=handle, name=administrator.email, displayName=administrator.email)
        return self._ceremonies.registrationOptions(owner, challenge, [passkey.hint for passkey in passkeys])

    async def register(
        self,
        work: AdminUnitOfWorkInterface,
        administrator: Administrator,
        made: RegistrationResponseJson,
        name: str,
        boundTo: UUID,
        at: datetime,
    ) -> AdministratorPasskey:
        """Keep a new passkey that answers a challenge made for this; PasskeyRegistrationRefusedError if it does not."""
        challenge, credential = self._verify(made, administrator.id)
        if not await self._spend(work, challenge, ChallengeKind.PASSKEY_REGISTRATION, boundTo, at):
            raise PasskeyRegistrationRefusedError("refused: the challenge was used, is too old, or is not yours")
        if len(await work.passkeys.listOf(administrator.id)) >= MOST_PASSKEYS:
            raise TooManyPasskeysError
        passkey = AdministratorPasskey.register(administrator.id, credential, name, at)
        await work.passkeys.add(passkey)
        return passkey

    def _verify(self, made: RegistrationResponseJson, administratorId: UUID) -> tuple[bytes, NewCredential]:
        try:
            challenge = self._ceremonies.challengeIn(made)
            return challenge, self._ceremonies.verifyRegistration(made, challenge)
        except WebAuthnRefusedError as error:
            self._refused(error.refusal.value, administratorId)
            raise PasskeyRegistrationRefusedError(f"refused: {error.refusal.value}") from None

    async def _newChallenge(
        self, work: AdminUnitOfWorkInterface, administratorId: UUID, kind: ChallengeKind, boundTo: UUID, at: datetime
    ) -> bytes:
        challenge = self._ceremonies.newChallenge()
        expiresAt = at + PASSKEY_CHALLENGE_LIFETIME
        await work.challenges.add(
            AdministratorChallenge.open(administratorId, kind, _hashOf(challenge, boundTo), at, expiresAt)
        )
        return challenge

    async def _spend(
        self, work: AdminUnitOfWorkInterface, challenge: bytes, kind: ChallengeKind, boundTo: UUID, at: datetime
    ) -> bool:
        return await work.challenges.spendByToken(_hashOf(challenge, boundTo), kind, at)

    async def _recordUse(
        self, work: AdminUnitOfWorkInterface, passkey: AdministratorPasskey, shown: VerifiedAssertion, at: datetime
    ) -> bool:
        """A counter that went back is refused and told of: there may be two copies of the passkey."""
        if await work.passkeys.recordUse(passkey.id, shown, at):
            return True
        await work.passkeys.markRegressed(passkey.id, at)
        told = {"passkeyName": passkey.name}
        await self._notices.tell(work, passkey.administratorId, AdministratorMailKind.PASSKEY_COPIED, at, told)
        counters = {"stored": passkey.signCount, "shown": shown.signCount}
        target = ("administratorPasskey", passkey.id)
        entry = changeBy(passkey.administratorId, "administrator.passkeyCounterWentBack", target, at, after=counters)
        await work.audit.append(entry)
        return self._refused("counterWentBack", passkey.administratorId)

    def _refused(self, reason: str, administratorId: UUID) -> bool:
        logger.security.warning(
            "admin.passkeyRefused", "a passkey was refused", reason=reason, administratorId=str(administratorId)
        )
        return False


def _hashOf(challenge: bytes, boundTo: UUID) -> str:
    """Under which a challenge is stored: whoever shows it elsewhere shows another one."""
    return hashCredential(f"{toBase64Url(challenge)}:{boundTo}")
