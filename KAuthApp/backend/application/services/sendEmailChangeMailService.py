from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from KAuthApp.backend.application.dto.emailChangeDTO import EmailChangeMailDTO, EmailChangeStep
from KAuthApp.backend.application.mail.codeIssuer import CodeIssuer, IssuedCode
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import Addressee, MailKind, MailWriterInterface
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.emailChange import EmailChange
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userKey import UserKey
from KAuthApp.backend.domain.policies.emailChangePolicy import EmailChangePolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")

_CODES: Final[Mapping[EmailChangeStep, tuple[MailKind, CodePurpose]]] = {
    EmailChangeStep.CODE_TO_OLD: (MailKind.EMAIL_CHANGE_OLD, CodePurpose.EMAIL_CHANGE_OLD),
    EmailChangeStep.CODE_TO_NEW: (MailKind.EMAIL_CHANGE_NEW, CodePurpose.EMAIL_CHANGE_NEW),
}


class SendEmailChangeMailService:
    """Writes to both addresses of a change. The owner of one that is taken gets a notice, and no code is made for it.

    Codes and the secret of the link back are made here, outside any request: they are in the mail and nowhere else.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        writer: MailWriterInterface,
        codes: CodeIssuer,
        secrets: SecretMakerInterface,
        personal: PersonalSealerInterface,
        policy: EmailChangePolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._writer, self._codes = openWork, writer, codes
        self._secrets, self._personal, self._policy, self._clock = secrets, personal, policy, clock

    async def execute(self, message: Mapping[str, JsonValue]) -> None:
        order = EmailChangeMailDTO.model_validate(message)
        async with self._openWork() as work:
            change = await work.emailChanges.find(order.changeId)
            key = None if change is None else await work.userKeys.find(change.userId)
        if change is None or key is None:
            return
        if order.step in _CODES:
            await self._sendCode(order.step, change, key)
            return
        await self._sendNotice(order.step, change, key)

    async def _sendCode(self, step: EmailChangeStep, change: EmailChange, key: UserKey) -> None:
        kind, purpose = _CODES[step]
        old, new = change.oldEmail(key, self._personal), change.newEmail(key, self._personal)
        async with self._openWork() as work:
            user = await work.users.getForUpdate(change.userId)
            waiting = await work.emailChanges.findOpen(user.id, self._clock.now())
            if waiting is None or waiting.id != change.id:
                return  # a code made now would be good for the change that came after
            owner = await self._ownerOf(work, new) if step == EmailChangeStep.CODE_TO_NEW else None
            issued = await self._codes.issue(work, user.id, purpose) if owner is None else None
            await work.commit()
        if owner is not None:
            await self._writer.send(MailKind.ADDRESS_KNOWN, owner)
        if issued is not None:
            await self._mailCode(kind, self._receiverOf(step, user, old, new), issued, new)

    async def _mailCode(self, kind: MailKind, receiver: Addressee, issued: IssuedCode, new: EmailAddress) -> None:
        try:
            await self._writer.send(kind, receiver, issued.text, {"newEmail": maskAddress(new.asGiven)})
        except Exception:
            await self._codes.withdraw(issued)
            raise
        logger.application.info("auth.mailSent", kind=str(kind.value))

    async def _ownerOf(self, work: AuthUnitOfWorkInterface, email: EmailAddress) -> UserAccount | None:
        """Who has proven this address already."""
        owner = await work.users.findByEmail(email)
        return None if owner is None or owner.isPending else owner

    async def _sendNotice(self, step: EmailChangeStep, change: EmailChange, key: UserKey) -> None:
        old, new = change.oldEmail(key, self._personal), change.newEmail(key, self._personal)
        at = change.revertedAt or change.appliedAt or change.createdAt
        facts = {"step": step.value, "newEmail": maskAddress(new.asGiven), "at": at.isoformat()}
        async with self._openWork() as work:
            user = await work.users.get(change.userId)
            if step == EmailChangeStep.CHANGED_TO_OLD:
                facts["revertToken"] = self._secrets.newSecret()
                facts["revertDays"] = str(self._policy.revertFor.days)
                await work.emailChanges.allowRevert(change.id, self._secrets.hashSecret(facts["revertToken"]))
            await work.commit()
        await self._writer.send(MailKind.EMAIL_CHANGED, self._receiverOf(step, user, old, new), facts=facts)
        logger.application.info("auth.mailSent", kind=MailKind.EMAIL_CHANGED.value, userId=str(user.id))

    def _receiverOf(self, step: EmailChangeStep, user: UserAccount, old: EmailAddress, new: EmailAddress) -> Addressee:
        """The new address may be a stranger's by a slip of the hand: who is written to there has no name."""
        if step == EmailChangeStep.CODE_TO_NEW:
            return Addressee(emailAsGiven=new.asGiven, locale=user.locale)
        email = new if step == EmailChangeStep.CHANGED_TO_NEW else old
        return Addressee(emailAsGiven=email.asGiven, fullName=user.fullName, locale=user.locale)


def maskAddress(address: str) -> str:
    """Enough to know the own address by. No run of six digits: in a mail that is a code."""
    name, _, domain = address.partition("@")
    return f"{name[0]}…@{re.sub('[0-9]{6,}', '…', domain)}"
