from __future__ import annotations

from KSysAdmin.backend.application.output.paymentOutput import PaymentOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.paymentReaderInterface import PaymentFilter
from shared.backend.utils.paging import Page, PageInput


class ListPaymentsService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, wanted: PaymentFilter, page: PageInput) -> Page[PaymentOutput]:
        async with self._openWork() as work:
            payments = await work.payments.listPage(wanted, page)
        return Page[PaymentOutput](
            items=[PaymentOutput.of(payment) for payment in payments.items], nextCursor=payments.nextCursor
        )
