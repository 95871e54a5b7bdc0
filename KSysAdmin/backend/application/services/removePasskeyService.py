from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.signIn.factorChange import FactorChange, FactorNews
from KSysAdmin.backend.domain.exceptions.passkeyErrors import LastFactorError
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from shared.backend.utils.clock import ClockInterface


class RemovePasskeyService:
    """Forgets a passkey, unless it is the only factor there is."""

    def __init__(self, openWork: OpenAdminWork, change: FactorChange, clock: ClockInterface) -> None:
        self._openWork, self._change, self._clock = openWork, change, clock

    async def execute(self, passkeyId: UUID, actor: AdminActor) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            await work.administrators.getForUpdate(actor.administratorId)
            passkey = await work.passkeys.get(actor.administratorId, passkeyId)
            await self._ensureAnotherFactor(work, actor.administratorId)
            await work.passkeys.remove(passkey)
            news = FactorNews(
                "administrator.passkeyRemoved",
                AdministratorMailKind.FACTOR_REMOVED,
                facts={"passkeyId": str(passkeyId)},
                told={"factor": "passkey", "passkeyName": passkey.name},
            )
            ended = await self._change.record(work, actor, news, at)
            await work.commit()

        await self._change.spread(ended, at)

    async def _ensureAnotherFactor(self, work: AdminUnitOfWorkInterface, administratorId: UUID) -> None:
        totp = await work.factors.findTotp(administratorId)
        hasTotp = totp is not None and totp.confirmedAt is not None
        if not hasTotp and len(await work.passkeys.listOf(administratorId)) == 1:
            raise LastFactorError
