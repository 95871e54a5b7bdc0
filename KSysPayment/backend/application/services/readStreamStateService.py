from __future__ import annotations

from typing import Final
from uuid import UUID

from pydantic import JsonValue

from KSysPayment.backend.application.output.paymentOutput import PaymentOutput
from KSysPayment.backend.application.output.streamStateOutput import StreamStateOutput
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork

SHOWN: Final = {"id", "reference", "status", "amount", "received", "paidAt"}


class ReadStreamStateService:
    """The state a merchant's stream begins with; later events of a higher sequence follow."""

    def __init__(self, openWork: OpenPaymentWork, publicBaseUrl: str) -> None:
        self._openWork, self._publicBaseUrl = openWork, publicBaseUrl

    async def execute(self, paymentId: UUID, actor: Actor) -> StreamStateOutput:
        async with self._openWork() as work:
            view = await work.payments.get(actor.userId, paymentId)
        output = PaymentOutput.fromView(view, self._publicBaseUrl)
        data: dict[str, JsonValue] = output.model_dump(mode="json", include=SHOWN)
        return StreamStateOutput(paymentId=view.payment.id, sequence=view.payment.version, data=data)
