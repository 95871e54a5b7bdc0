from __future__ import annotations

from KSysAdmin.backend.application.output.roleOutput import RoleOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from shared.backend.utils.paging import Page, PageInput


class ListRolesService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, page: PageInput) -> Page[RoleOutput]:
        async with self._openWork() as work:
            roles = await work.roles.listPage(page)
            held = await work.roles.permissionsOf(roles.items)
        return Page[RoleOutput](
            items=[RoleOutput.of(role, held[role.id]) for role in roles.items], nextCursor=roles.nextCursor
        )
