from __future__ import annotations

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.passkeyOutputs import PasskeyOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from shared.backend.utils.paging import Page, PageInput


class ListPasskeysService:
    """Shows a person the own passkeys."""

    def __init__(self, openWork: OpenAuthWork) -> None:
        self._openWork = openWork

    async def execute(self, page: PageInput, identity: IdentityDTO) -> Page[PasskeyOutput]:
        async with self._openWork() as work:
            found = await work.passkeys.listPage(identity.userId, page)
        items = [PasskeyOutput.fromPasskey(passkey) for passkey in found.items]
        return Page[PasskeyOutput](items=items, nextCursor=found.nextCursor)
