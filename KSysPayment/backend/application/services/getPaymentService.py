from __future__ import annotations

from uuid import UUID

from KSysPayment.backend.application.output.paymentOutput import PaymentOutput
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork


class GetPaymentService:
    def __init__(self, openWork: OpenPaymentWork, publicBaseUrl: str) -> None:
        self._openWork, self._publicBaseUrl = openWork, publicBaseUrl

    async def execute(self, paymentId: UUID, actor: Actor) -> PaymentOutput:
        async with self._openWork() as work:
            view = await work.payments.get(actor.userId, paymentId)
        return PaymentOutput.fromView(view, self._publicBaseUrl)
