from __future__ import annotations

from KSysPayment.backend.application.output.paymentOutput import CheckoutOutput
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork


class GetCheckoutService:
    """What the holder of a checkout link may see; the link's token is the only key."""

    def __init__(self, openWork: OpenPaymentWork) -> None:
        self._openWork = openWork

    async def execute(self, token: str) -> CheckoutOutput:
        async with self._openWork() as work:
            return CheckoutOutput.fromView(await work.payments.getByCheckoutToken(token))
