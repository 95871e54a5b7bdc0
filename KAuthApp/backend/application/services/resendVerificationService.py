from __future__ import annotations

from KAuthApp.backend.application.dto.outboxMessages import MAIL_TOPIC, MailDTO
from KAuthApp.backend.application.input.emailInput import EmailInput
from KAuthApp.backend.application.output.statusOutputs import VerificationSentOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress


class ResendVerificationService:
    """Orders another verification mail. Whether there is anyone to verify is looked up by the job, not here."""

    def __init__(self, openWork: OpenAuthWork, sealer: SecretSealerInterface) -> None:
        self._openWork, self._sealer = openWork, sealer

    async def execute(self, asked: EmailInput) -> VerificationSentOutput:
        async with self._openWork() as work:
            order = MailDTO.to(MailKind.VERIFICATION, EmailAddress.parse(asked.email), self._sealer)
            await work.outbox.add(MAIL_TOPIC, order)
            await work.commit()

        return VerificationSentOutput()
