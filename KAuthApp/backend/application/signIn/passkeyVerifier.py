from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KAuthApp.backend.application.dto.auditEntries import PASSKEY, byUser
from KAuthApp.backend.application.mail.ownerNotices import OwnerNotices
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.passkeyVerifierInterface import PasskeyVerifierInterface
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userPasskey import UserPasskey
from shared.backend.loggingFactory import SystemLogger
from shared.backend.webAuthn.ceremoniesInterface import VerifiedAssertion, WebAuthnCeremoniesInterface
from shared.backend.webAuthn.refusal import WebAuthnRefusedError
from shared.backend.webAuthn.webAuthnJson import AuthenticationResponseJson

logger = SystemLogger("kauth")


class PasskeyVerifier(PasskeyVerifierInterface):
    """Recognises a passkey of a known account, and keeps an eye on its counter."""

    def __init__(self, ceremonies: WebAuthnCeremoniesInterface, notices: OwnerNotices) -> None:
        self._ceremonies, self._notices = ceremonies, notices

    def challengeIn(self, assertion: AuthenticationResponseJson) -> bytes | None:
        try:
            return self._ceremonies.challengeIn(assertion)
        except WebAuthnRefusedError:
            return None

    async def verify(
        self,
        work: AuthUnitOfWorkInterface,
        userId: UUID,
        assertion: AuthenticationResponseJson,
        webAuthnChallenge: bytes,
        at: datetime,
    ) -> bool:
        passkey = await work.passkeys.findOf(userId, assertion.rawId)
        if passkey is None:
            logger.security.warning("auth.passkeyRefused", reason="unknown", userId=str(userId))
            return False
        user = await work.users.get(userId)
        try:
            shown = self._ceremonies.verifyAssertion(assertion, webAuthnChallenge, passkey.known, user.passkeyHandle)
        except WebAuthnRefusedError as error:
            logger.security.warning("auth.passkeyRefused", reason=error.refusal.value, userId=str(userId))
            return False
        return await self.recordUse(work, user, passkey, shown, at)

    async def recordUse(
        self,
        work: AuthUnitOfWorkInterface,
        user: UserAccount,
        passkey: UserPasskey,
        shown: VerifiedAssertion,
        at: datetime,
    ) -> bool:
        """Write a verified use down. A counter that went back is refused and told of; the caller commits that too."""
        if await work.passkeys.recordUse(passkey.id, shown, at):
            return True
        await work.passkeys.markRegressed(passkey.id, at)
        facts = {"at": at.isoformat(), "passkeyName": passkey.name}
        await self._notices.order(work, user, MailKind.PASSKEY_COPIED, at, facts)
        counters = {"stored": passkey.signCount, "shown": shown.signCount}
        entry = byUser(user.id, "auth.passkeyCounterWentBack", at, target=(PASSKEY, passkey.id), after=counters)
        await work.audit.append(entry)
        logger.security.warning("auth.passkeyCounterWentBack", userId=str(user.id), passkeyId=str(passkey.id))
        return False
