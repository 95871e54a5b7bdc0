from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from pydantic import JsonValue

from KAuthApp.backend.application.dto.auditEntries import USER, bySystem
from KAuthApp.backend.application.dto.outboxMessages import MailDTO
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind, MailWriterInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose, OneTimeCode
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserStatus
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")

_PURPOSES: Final[Mapping[MailKind, CodePurpose]] = {
    MailKind.VERIFICATION: CodePurpose.VERIFY_EMAIL,
    MailKind.PASSWORD_RESET: CodePurpose.RESET_PASSWORD,
}
_RECEIVERS: Final[Mapping[MailKind, frozenset[UserStatus]]] = {
    MailKind.VERIFICATION: frozenset({UserStatus.PENDING_VERIFICATION}),
    MailKind.ADDRESS_KNOWN: frozenset({UserStatus.ACTIVE, UserStatus.SUSPENDED}),
    MailKind.PASSWORD_RESET: frozenset({UserStatus.ACTIVE, UserStatus.PENDING_VERIFICATION}),
}
_EVERYONE: Final = frozenset(UserStatus)  # a notice of what has happened to an account


class SendMailService:
    """Sends an ordered mail, if there is an account that may have it.

    A code is made here, outside any request: its text is in the mail and nowhere else. When the mail is not taken
    the code is withdrawn, and the next try makes another.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        writer: MailWriterInterface,
        secrets: SecretMakerInterface,
        sealer: SecretSealerInterface,
        policy: CodePolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._writer, self._secrets, self._sealer = openWork, writer, secrets, sealer
        self._policy, self._clock = policy, clock

    async def execute(self, message: Mapping[str, JsonValue]) -> None:
        order = MailDTO.model_validate(message)
        email = order.address(self._sealer)
        purpose = _PURPOSES.get(order.kind)
        if purpose is None:
            await self._sendPlain(order.kind, email, order.facts(self._sealer))
            return
        await self._sendWithCode(order.kind, email, purpose)

    async def _sendPlain(self, kind: MailKind, email: EmailAddress, facts: Mapping[str, str]) -> None:
        async with self._openWork() as work:
            user = await work.users.findByEmail(email)
        if user is None or user.status not in _RECEIVERS.get(kind, _EVERYONE):
            return
        await self._writer.send(kind, user, facts=facts)
        logger.application.info("auth.mailSent", kind=str(kind.value), userId=str(user.id))

    async def _sendWithCode(self, kind: MailKind, email: EmailAddress, purpose: CodePurpose) -> None:
        issued = await self._issue(kind, email, purpose)
        if issued is None:
            return
        user, codeId, text = issued
        try:
            await self._writer.send(kind, user, text)
        except Exception:
            await self._withdraw(codeId)
            raise
        logger.application.info("auth.mailSent", kind=str(kind.value), userId=str(user.id))

    async def _issue(
        self, kind: MailKind, email: EmailAddress, purpose: CodePurpose
    ) -> tuple[UserAccount, UUID, str] | None:
        now = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.findByEmailForUpdate(email)
            if user is None or user.status not in _RECEIVERS[kind]:
                return None
            issuedLately = await work.codes.countIssued(user.id, purpose, self._policy.windowStart(now))
            if not self._policy.mayIssue(issuedLately):
                logger.security.warning("auth.codeNotIssued", purpose=str(purpose.value), userId=str(user.id))
                return None
            text = self._secrets.newCode()
            codeHash = self._secrets.hashCode(user.id, purpose, text)
            code = OneTimeCode.issue(user.id, purpose, codeHash, self._policy, now)
            await work.codes.replace(code)
            after = {"purpose": str(purpose.value), "expiresAt": code.expiresAt.isoformat()}
            await work.audit.append(bySystem("auth.codeIssued", now, (USER, str(user.id)), after))
            await work.commit()
        return user, code.id, text

    async def _withdraw(self, codeId: UUID) -> None:
        async with self._openWork() as work:
            await work.codes.discard(codeId)
            await work.commit()
