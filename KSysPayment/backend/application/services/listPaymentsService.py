from __future__ import annotations

from KSysPayment.backend.application.input.listPaymentsInput import ListPaymentsInput
from KSysPayment.backend.application.output.paymentOutput import PaymentOutput
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from shared.backend.utils.paging import Page


class ListPaymentsService:
    def __init__(self, openWork: OpenPaymentWork, publicBaseUrl: str) -> None:
        self._openWork, self._publicBaseUrl = openWork, publicBaseUrl

    async def execute(self, wanted: ListPaymentsInput, actor: Actor) -> Page[PaymentOutput]:
        async with self._openWork() as work:
            found = await work.payments.listOwned(actor.userId, wanted.chosen, wanted.page)
        items = [PaymentOutput.fromView(view, self._publicBaseUrl) for view in found.items]
        return Page[PaymentOutput](items=items, nextCursor=found.nextCursor)
