from __future__ import annotations

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.passkeyOutputs import PasskeyListOutput, PasskeyOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork


class ListPasskeysService:
    """Shows a person the own passkeys."""

    def __init__(self, openWork: OpenAuthWork) -> None:
        self._openWork = openWork

    async def execute(self, identity: IdentityDTO) -> PasskeyListOutput:
        async with self._openWork() as work:
            passkeys = await work.passkeys.listOf(identity.userId)
        return PasskeyListOutput(items=[PasskeyOutput.fromPasskey(passkey) for passkey in passkeys])
