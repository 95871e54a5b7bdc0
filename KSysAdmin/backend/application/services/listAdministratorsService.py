from __future__ import annotations

from KSysAdmin.backend.application.output.administratorOutput import AdministratorAccountOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from shared.backend.utils.paging import Page, PageInput


class ListAdministratorsService:
    """Everybody who may operate the platform, in the order of their addresses."""

    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, page: PageInput) -> Page[AdministratorAccountOutput]:
        async with self._openWork() as work:
            found = await work.administrators.listPage(page)
            ids = [administrator.id for administrator in found.items]
            roles, standing = await work.administrators.rolesOf(ids), await work.factors.standingOf(ids)
        shown = [AdministratorAccountOutput.of(each, roles[each.id], standing[each.id]) for each in found.items]
        return Page[AdministratorAccountOutput](items=shown, nextCursor=found.nextCursor)
