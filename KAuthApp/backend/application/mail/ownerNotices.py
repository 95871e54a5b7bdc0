from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from KAuthApp.backend.application.dto.noticeDTO import NOTICE_TOPIC, NoticeDTO
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.policies.personalKeys import keyOf


class OwnerNotices:
    """Orders the mails that tell an owner what has happened to the account. The caller commits."""

    def __init__(self, personal: PersonalSealerInterface) -> None:
        self._personal = personal

    async def order(
        self,
        work: AuthUnitOfWorkInterface,
        user: UserAccount,
        kind: MailKind,
        at: datetime,
        facts: Mapping[str, str],
    ) -> None:
        key = await keyOf(work, self._personal, user.id, at)
        await work.outbox.add(NOTICE_TOPIC, NoticeDTO.order(kind, user, facts, key, self._personal))
