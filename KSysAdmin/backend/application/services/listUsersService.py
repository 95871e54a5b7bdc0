from __future__ import annotations

from KSysAdmin.backend.application.output.userOutput import UserOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.userRepositoryInterface import UserFilter
from shared.backend.utils.paging import Page, PageInput


class ListUsersService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, wanted: UserFilter, page: PageInput) -> Page[UserOutput]:
        async with self._openWork() as work:
            users = await work.users.listPage(wanted, page)
        return Page[UserOutput](items=[UserOutput.fromUser(user) for user in users.items], nextCursor=users.nextCursor)
