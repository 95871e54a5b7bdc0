from __future__ import annotations

from KSysAdmin.backend.application.output.addressEntryOutput import AddressEntryOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from shared.backend.utils.paging import Page, PageInput


class ListAddressEntriesService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, page: PageInput) -> Page[AddressEntryOutput]:
        async with self._openWork() as work:
            entries = await work.addressEntries.listPage(page)
        return Page[AddressEntryOutput](
            items=[AddressEntryOutput.of(entry) for entry in entries.items], nextCursor=entries.nextCursor
        )
