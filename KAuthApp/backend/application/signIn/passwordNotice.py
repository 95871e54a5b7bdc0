from __future__ import annotations

from datetime import datetime

from KAuthApp.backend.application.mail.ownerNotices import OwnerNotices
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.models.userAccount import UserAccount


class PasswordNotice:
    """Tells the owner that the password is another one, and how many API keys go on working.

    Keys belong to programs that would stop without a word, so a new password leaves them; whoever had the old one may
    have made some, so their owner is told to look.
    """

    def __init__(self, notices: OwnerNotices) -> None:
        self._notices = notices

    async def order(self, work: AuthUnitOfWorkInterface, user: UserAccount, at: datetime) -> None:
        """The account is locked by the caller, who commits."""
        keys = await work.apiKeys.countLive(user.id, at)
        facts = {"apiKeys": str(keys)} if keys > 0 else {}
        await self._notices.order(work, user, MailKind.PASSWORD_CHANGED, at, facts)
