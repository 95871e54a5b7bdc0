from __future__ import annotations

from uuid import UUID

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.passkeyOutputs import PasskeyOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork


class ShowPasskeyService:
    """Shows a person one of the own passkeys; PasskeyNotFoundError, also for one that is somebody else's."""

    def __init__(self, openWork: OpenAuthWork) -> None:
        self._openWork = openWork

    async def execute(self, passkeyId: UUID, identity: IdentityDTO) -> PasskeyOutput:
        async with self._openWork() as work:
            return PasskeyOutput.fromPasskey(await work.passkeys.get(identity.userId, passkeyId))
