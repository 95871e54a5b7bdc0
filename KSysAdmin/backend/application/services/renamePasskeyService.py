from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.input.passkeyInputs import RenamePasskeyInput
from KSysAdmin.backend.application.output.passkeyOutputs import PasskeyOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.utils.clock import ClockInterface


class RenamePasskeyService:
    """Calls a passkey something else."""

    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self, passkeyId: UUID, change: RenamePasskeyInput, actor: AdminActor) -> PasskeyOutput:
        async with self._openWork() as work:
            passkey = await work.passkeys.get(actor.administratorId, passkeyId)
            passkey.rename(change.name)
            target = ("administratorPasskey", passkeyId)
            entry = changeBy(actor.administratorId, "administrator.passkeyRenamed", target, self._clock.now())
            await work.audit.append(entry)
            await work.commit()
        return PasskeyOutput.fromPasskey(passkey)
