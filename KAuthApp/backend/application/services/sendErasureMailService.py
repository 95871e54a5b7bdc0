from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from KAuthApp.backend.application.dto.accountErasedDTO import AccountErasedDTO
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind, MailWriterInterface
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from shared.backend.loggingFactory import SystemLogger

logger = SystemLogger("kauth")


class SendErasureMailService:
    """Tells a person that the account is gone, at the address it had last."""

    def __init__(self, writer: MailWriterInterface, sealer: SecretSealerInterface) -> None:
        self._writer, self._sealer = writer, sealer

    async def execute(self, message: Mapping[str, JsonValue]) -> None:
        order = AccountErasedDTO.model_validate(message)
        facts = {"at": order.erasedAt.isoformat()}
        await self._writer.send(MailKind.ACCOUNT_ERASED, order.addressee(self._sealer), facts=facts)
        logger.application.info("auth.mailSent", kind=MailKind.ACCOUNT_ERASED.value)
