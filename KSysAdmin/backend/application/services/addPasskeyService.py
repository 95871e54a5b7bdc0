from __future__ import annotations

from KSysAdmin.backend.application.input.passkeyInputs import RegisterPasskeyInput
from KSysAdmin.backend.application.output.passkeyOutputs import PasskeyOutput
from KSysAdmin.backend.application.signIn.factorChange import FactorChange, FactorNews
from KSysAdmin.backend.application.signIn.passkeyDesk import PasskeyDesk
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from shared.backend.utils.clock import ClockInterface


class AddPasskeyService:
    """Keeps another passkey of a signed-in administrator."""

    def __init__(self, openWork: OpenAdminWork, desk: PasskeyDesk, change: FactorChange, clock: ClockInterface) -> None:
        self._openWork, self._desk, self._change, self._clock = openWork, desk, change, clock

    async def execute(self, asked: RegisterPasskeyInput, actor: AdminActor) -> PasskeyOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(actor.administratorId)
            passkey = await self._desk.register(work, administrator, asked, asked.name, actor.sessionId, at)
            news = FactorNews(
                "administrator.passkeyAdded",
                AdministratorMailKind.FACTOR_ADDED,
                facts={"passkeyId": str(passkey.id)},
                told={"factor": "passkey", "passkeyName": passkey.name},
            )
            ended = await self._change.record(work, actor, news, at)
            await work.commit()

        await self._change.spread(ended, at)
        return PasskeyOutput.fromPasskey(passkey)
