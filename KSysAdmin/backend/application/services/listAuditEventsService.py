from __future__ import annotations

from KSysAdmin.backend.application.output.auditOutput import AuditEventOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.auditEventRepositoryInterface import AuditFilter
from shared.backend.utils.paging import Page, PageInput


class ListAuditEventsService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, wanted: AuditFilter, page: PageInput) -> Page[AuditEventOutput]:
        async with self._openWork() as work:
            events = await work.auditEvents.listPage(wanted, page)
        return Page[AuditEventOutput](
            items=[AuditEventOutput.of(event) for event in events.items], nextCursor=events.nextCursor
        )
