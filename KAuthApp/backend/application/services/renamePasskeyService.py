from __future__ import annotations

from uuid import UUID

from KAuthApp.backend.application.dto.auditEntries import PASSKEY, byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.input.passkeyInputs import RenamePasskeyInput
from KAuthApp.backend.application.output.passkeyOutputs import PasskeyOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from shared.backend.utils.clock import ClockInterface


class RenamePasskeyService:
    """Calls a passkey something else. The audit trail does not keep names: people write their own into them."""

    def __init__(self, openWork: OpenAuthWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self, passkeyId: UUID, change: RenamePasskeyInput, identity: IdentityDTO) -> PasskeyOutput:
        async with self._openWork() as work:
            passkey = await work.passkeys.get(identity.userId, passkeyId)
            passkey.rename(change.name)
            entry = byUser(identity.userId, "auth.passkeyRenamed", self._clock.now(), target=(PASSKEY, passkeyId))
            await work.audit.append(entry)
            await work.commit()
        return PasskeyOutput.fromPasskey(passkey)
