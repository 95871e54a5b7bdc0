from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from KSysPayment.backend.application.output.paymentOutput import CheckoutOutput
from KSysPayment.backend.application.output.streamStateOutput import StreamStateOutput
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork

SHOWN: Final = {"reference", "status", "amount", "received", "paidAt"}


class ReadCheckoutStateService:
    """The state a payer's page begins with; whoever holds the link sees no ids."""

    def __init__(self, openWork: OpenPaymentWork) -> None:
        self._openWork = openWork

    async def execute(self, token: str) -> StreamStateOutput:
        async with self._openWork() as work:
            view = await work.payments.getByCheckoutToken(token)
        output = CheckoutOutput.fromView(view)
        data: dict[str, JsonValue] = output.model_dump(mode="json", include=SHOWN)
        return StreamStateOutput(paymentId=view.payment.id, sequence=view.payment.version, data=data)
