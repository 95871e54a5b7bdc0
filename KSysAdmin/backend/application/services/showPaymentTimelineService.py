from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.output.paymentOutput import TimelineOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork


class ShowPaymentTimelineService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, paymentId: UUID) -> TimelineOutput:
        async with self._openWork() as work:
            payment = await work.payments.get(paymentId)
            entries = await work.payments.timeline(payment)
        return TimelineOutput.of(payment, entries)
