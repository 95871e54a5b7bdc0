from __future__ import annotations

from datetime import datetime

from KAuthApp.backend.application.mail.ownerNotices import OwnerNotices
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.models.factorMethod import FactorMethod
from KAuthApp.backend.domain.models.userAccount import UserAccount


class RecoveryNotice:
    """Tells the owner when a recovery code was used, and how many are left: a thief's first step, or a lost phone."""

    def __init__(self, notices: OwnerNotices) -> None:
        self._notices = notices

    async def orderFor(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, method: FactorMethod, device: str, at: datetime
    ) -> None:
        """Nothing when it was another method."""
        if method != FactorMethod.RECOVERY_CODE:
            return
        left = await work.recoveryCodes.countLeft(user.id)
        facts = {"at": at.isoformat(), "device": device, "codesLeft": str(left)}
        await self._notices.order(work, user, MailKind.RECOVERY_CODE_USED, at, facts)
