from __future__ import annotations

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.apiKeyOutput import ApiKeyOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from shared.backend.utils.paging import Page, PageInput


class ListApiKeysService:
    """Shows a person the keys of the own programs."""

    def __init__(self, openWork: OpenAuthWork) -> None:
        self._openWork = openWork

    async def execute(self, page: PageInput, identity: IdentityDTO) -> Page[ApiKeyOutput]:
        async with self._openWork() as work:
            found = await work.apiKeys.listPage(identity.userId, page)
        return Page[ApiKeyOutput](items=[ApiKeyOutput.fromKey(key) for key in found.items], nextCursor=found.nextCursor)
