"""Push notification (34): tells the merchant of money already booked; tried once, never again."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal
from typing import Final

from KSysPayment.simulator.clock import BankClock, toBodyTime
from KSysPayment.simulator.merchant.merchantClient import MerchantClient, MerchantTokenError
from KSysPayment.simulator.merchant.outboundCall import MerchantAnswer
from KSysPayment.simulator.merchant.references import newAlphanumeric
from KSysPayment.simulator.settings import SimulatorSettings
from KSysPayment.simulator.snap.answers import JsonObject
from KSysPayment.simulator.snap.oddShapes import otherAmount
from KSysPayment.simulator.state.fault import Fault, OrderedFault
from KSysPayment.simulator.state.payment import BankPayment

LATE_SECONDS: Final = 10.0
EXTERNAL_ID_LENGTH: Final = 12

logger = logging.getLogger(__name__)


class NotifyPaymentService:
    """What is still waiting when the program dies is lost, as at the bank."""

    def __init__(self, client: MerchantClient, settings: SimulatorSettings, clock: BankClock) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._waiting: set[asyncio.Task[list[MerchantAnswer]]] = set()

    async def execute(self, payment: BankPayment, times: int, ordered: OrderedFault | None) -> list[MerchantAnswer]:
        """Notify `times` times in parallel with copies equal to the byte; the merchant's answers, if awaited."""
        match ordered.fault if ordered is not None else None:
            case Fault.LOST:
                return []
            case Fault.LATE:
                self._notifyLater(payment, times, ordered)
                return []
            case Fault.DUPLICATE:
                first = await self._notify(payment, times, None)
                return [*first, *await self._notify(payment, times, None)]
            case _:
                return await self._notify(payment, times, ordered)

    def cancelWaiting(self) -> None:
        """Forget what still waits."""
        for task in self._waiting:
            task.cancel()

    async def _notify(self, payment: BankPayment, times: int, ordered: OrderedFault | None) -> list[MerchantAnswer]:
        try:
            token = await self._client.fetchToken()
        except MerchantTokenError as error:
            logger.warning("payment %s is not notified: %s", payment.paymentRequestId, error)
            return [MerchantAnswer(None, {}, str(error))]
        content = self._toNotification(payment, ordered)
        externalId = newAlphanumeric(EXTERNAL_ID_LENGTH)
        call = self._client.prepare("notify", self._settings.notifyPath, content, token, externalId, ordered)
        return await asyncio.gather(*(self._client.send(call) for _ in range(times)))

    def _notifyLater(self, payment: BankPayment, times: int, ordered: OrderedFault | None) -> None:
        seconds = ordered.delaySeconds if ordered is not None and ordered.delaySeconds is not None else LATE_SECONDS

        async def waitAndNotify() -> list[MerchantAnswer]:
            await asyncio.sleep(seconds)
            return await self._notify(payment, times, ordered)

        task = asyncio.create_task(waitAndNotify())
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    def _toNotification(self, payment: BankPayment, ordered: OrderedFault | None) -> JsonObject:
        """The body; its trxDateTime is the time of sending, which may differ from the booking."""
        return {
            "partnerServiceId": payment.serviceId,
            "customerNo": payment.customerNo,
            "virtualAccountNo": payment.number,
            "trxDateTime": toBodyTime(self._clock.now()),
            "paymentRequestId": payment.paymentRequestId,
            "additionalInfo": {
                "idApp": "SIMULATE",
                "paymentAmount": notifiedAmount(payment, ordered),
                "terminalId": payment.terminalId,
                "bankId": "002",
            },
        }


def notifiedAmount(payment: BankPayment, ordered: OrderedFault | None) -> str:
    """The amount told: the truth, unless a mismatch was ordered and the payer paid what was billed."""
    isMismatch = ordered is not None and ordered.fault is Fault.AMOUNT_MISMATCH
    if isMismatch and Decimal(payment.amount) == Decimal(payment.billAmount):
        return otherAmount(payment.amount)
    return payment.amount
