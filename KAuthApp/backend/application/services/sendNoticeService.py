from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from KAuthApp.backend.application.dto.noticeDTO import NoticeDTO
from KAuthApp.backend.application.mail.noticeLimiter import CAUSED_BY_STRANGERS, NoticeLimiter
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import Addressee, MailWriterInterface
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from shared.backend.loggingFactory import SystemLogger

logger = SystemLogger("kauth")


class SendNoticeService:
    """Tells an owner what has happened to the account, at the address it had then. Nothing when the owner is erased."""

    def __init__(
        self,
        openWork: OpenAuthWork,
        writer: MailWriterInterface,
        limiter: NoticeLimiter,
        personal: PersonalSealerInterface,
    ) -> None:
        self._openWork, self._writer, self._limiter, self._personal = openWork, writer, limiter, personal

    async def execute(self, message: Mapping[str, JsonValue]) -> None:
        order = NoticeDTO.model_validate(message)
        async with self._openWork() as work:
            key = await work.userKeys.find(order.userId)
            notice = None if key is None else order.open(key, self._personal)
            if notice is None:
                return
            user = await work.users.get(order.userId)
        if order.kind in CAUSED_BY_STRANGERS and not await self._limiter.maySend(user.id, order.kind):
            return
        receiver = Addressee(emailAsGiven=notice.emailAsGiven, fullName=user.fullName, locale=user.locale)
        await self._writer.send(order.kind, receiver, facts=notice.facts)
        logger.application.info("auth.mailSent", kind=str(order.kind.value), userId=str(user.id))
