from __future__ import annotations

from datetime import datetime

from KAuthApp.backend.application.dto.outboxMessages import MAIL_TOPIC, MailDTO
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.factorMethod import FactorMethod
from KAuthApp.backend.domain.models.userAccount import UserAccount


class RecoveryNotice:
    """Tells the owner when a recovery code was used, and how many are left: a thief's first step, or a lost phone."""

    def __init__(self, sealer: SecretSealerInterface) -> None:
        self._sealer = sealer

    async def orderFor(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, method: FactorMethod, device: str, at: datetime
    ) -> None:
        """Nothing when it was another method."""
        if method != FactorMethod.RECOVERY_CODE:
            return
        left = await work.recoveryCodes.countLeft(user.id)
        facts = {"at": at.isoformat(), "device": device, "codesLeft": str(left)}
        email = EmailAddress.parse(user.emailAsGiven)
        await work.outbox.add(MAIL_TOPIC, MailDTO.to(MailKind.RECOVERY_CODE_USED, email, self._sealer, facts))
