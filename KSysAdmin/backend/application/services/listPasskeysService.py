from __future__ import annotations

from KSysAdmin.backend.application.output.passkeyOutputs import PasskeyListOutput, PasskeyOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor


class ListPasskeysService:
    """Shows an administrator the own passkeys."""

    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, actor: AdminActor) -> PasskeyListOutput:
        async with self._openWork() as work:
            passkeys = await work.passkeys.listOf(actor.administratorId)
        return PasskeyListOutput(items=[PasskeyOutput.fromPasskey(passkey) for passkey in passkeys])
