from __future__ import annotations

from uuid import UUID

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.renewalOutput import RenewalOutput
from KAuthApp.backend.application.signIn.factorChange import FactorChange, FactorNews
from KAuthApp.backend.application.signIn.recoveryCodes import RecoveryCodes
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.models.factorMethod import FactorMethod
from shared.backend.utils.clock import ClockInterface


class RemovePasskeyService:
    """Forgets a passkey; with the last factor its recovery codes go too."""

    def __init__(
        self, openWork: OpenAuthWork, change: FactorChange, codes: RecoveryCodes, clock: ClockInterface
    ) -> None:
        self._openWork, self._change, self._codes, self._clock = openWork, change, codes, clock

    async def execute(self, passkeyId: UUID, identity: IdentityDTO) -> RenewalOutput:
        now = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(identity.userId)
            passkey = await work.passkeys.get(user.id, passkeyId)
            facts = {"factor": str(FactorMethod.PASSKEY.value), "passkeyName": passkey.name}
            told = {"passkeyId": str(passkey.id)}
            news = FactorNews("auth.passkeyRemoved", MailKind.FACTOR_REMOVED, facts, told)
            await work.passkeys.remove(passkey)
            await self._codes.removeWithLast(work, user.id)
            renewed = await self._change.record(work, user, identity, news, now)
            await work.commit()

        return await self._change.handOver(renewed, news)
