from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.output.apiKeyOutput import UserApiKeyOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from shared.backend.utils.paging import Page, PageInput


class ListUserApiKeysService:
    """The API keys of one user, newest first, revoked ones too."""

    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, userId: UUID, page: PageInput) -> Page[UserApiKeyOutput]:
        async with self._openWork() as work:
            await work.users.get(userId)
            found = await work.apiKeys.listPage(userId, page)
        shown = [UserApiKeyOutput.fromKey(key) for key in found.items]
        return Page[UserApiKeyOutput](items=shown, nextCursor=found.nextCursor)
