from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from pydantic import JsonValue

from KAuthApp.backend.application.dto.outboxMessages import MailDTO
from KAuthApp.backend.application.dto.resetOrderDTO import ResetOrderDTO
from KAuthApp.backend.application.mail.codeIssuer import CodeIssuer, IssuedCode
from KAuthApp.backend.application.mail.noticeLimiter import CAUSED_BY_STRANGERS, NoticeLimiter
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import (
    Addressee,
    MailKind,
    MailReceiver,
    MailWriterInterface,
)
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserStatus
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
_EVERYONE: Final = frozenset(UserStatus)  # notices, which servers of before `auth.notice` order by the address too


class SendMailService:
    """Sends a mail that somebody has ordered for an address, if there is an account that may have it.

    When a mail with a code is not taken the code is withdrawn, and the next try makes another.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        writer: MailWriterInterface,
        codes: CodeIssuer,
        limiter: NoticeLimiter,
        sealer: SecretSealerInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._writer, self._codes, self._sealer = openWork, writer, codes, sealer
        self._limiter, self._clock = limiter, clock

    async def execute(self, message: Mapping[str, JsonValue]) -> None:
        order = MailDTO.model_validate(message)
        email = order.address(self._sealer)
        purpose = _PURPOSES.get(order.kind)
        if purpose is None:
            await self._sendPlain(order.kind, email, order.facts(self._sealer))
            return
        await self._sendWithCode(order.kind, email, purpose, ResetOrderDTO.of(order.facts(self._sealer)))

    async def _sendPlain(self, kind: MailKind, email: EmailAddress, facts: Mapping[str, str]) -> None:
        async with self._openWork() as work:
            user = await work.users.findByEmail(email)
        if user is None or user.status not in _RECEIVERS.get(kind, _EVERYONE):
            return
        if kind in CAUSED_BY_STRANGERS and not await self._limiter.maySend(user.id, kind):
            return
        await self._writer.send(kind, user, facts=facts)
        logger.application.info("auth.mailSent", kind=str(kind.value), userId=str(user.id))

    async def _sendWithCode(
        self, kind: MailKind, email: EmailAddress, purpose: CodePurpose, order: ResetOrderDTO | None
    ) -> None:
        issued = await self._issue(kind, email, purpose, order)
        if issued is None:
            return
        user, code = issued
        try:
            await self._writer.send(kind, _receiverOf(user), code.text)
        except Exception:
            await self._codes.withdraw(code)
            raise
        logger.application.info("auth.mailSent", kind=str(kind.value), userId=str(user.id))

    async def _issue(
        self, kind: MailKind, email: EmailAddress, purpose: CodePurpose, order: ResetOrderDTO | None
    ) -> tuple[UserAccount, IssuedCode] | None:
        async with self._openWork() as work:
            user = await work.users.findByEmailForUpdate(email)
            if user is None or user.status not in _RECEIVERS[kind]:
                return None
            isForStranger = not await self._isTrusted(work, user.id, order)
            if isForStranger and order is not None and order.isOneOfMany:
                return None
            issued = await self._codes.issue(work, user.id, purpose, isForStranger=isForStranger)
            await work.commit()
        return None if issued is None else (user, issued)

    async def _isTrusted(self, work: AuthUnitOfWorkInterface, userId: UUID, order: ResetOrderDTO | None) -> bool:
        """Whether no stranger ordered it: the owner's own browser did, or somebody in here."""
        if order is None:
            return True
        return await work.devices.recognise(userId, order.deviceHashes, self._clock.now()) is not None


def _receiverOf(user: UserAccount) -> MailReceiver:
    """Without a name while the address is unproven: whoever registered it wrote that, maybe for a stranger to read."""
    return Addressee(emailAsGiven=user.emailAsGiven, locale=user.locale) if user.isPending else user
