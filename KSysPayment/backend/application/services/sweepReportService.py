from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from KSysPayment.backend.domain.interfaces.leaseInterface import LeaseInterface
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import PaymentGatewayInterface, ReportLine
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import MoneyReport
from KSysPayment.backend.domain.models.receipt import ReceiptSource
from KSysPayment.backend.domain.policies.jakartaCalendar import splitByJakartaDay
from KSysPayment.backend.domain.policies.receiptBookingPolicy import bookReceipt
from KSysPayment.backend.domain.policies.receiptPolicy import ReceiptPolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

FIRST_LOOK_BACK: Final = timedelta(hours=24)
OVERLAP: Final = timedelta(minutes=5)
IDLE_PAUSE: Final = timedelta(minutes=10)
MAX_REMEMBERED: Final = 50_000

logger = SystemLogger("payment")


class SweepReportService:
    """
    Read the bank's report of all accounts, again and again, and book whatever is not booked yet.

    One call finds every payment of the last minutes, however many accounts are open and however old they are, and
    also money to accounts we never opened or have closed. After a start the last 24 hours are read once.
    """

    def __init__(
        self,
        openWork: OpenPaymentWork,
        gateway: PaymentGatewayInterface,
        clock: ClockInterface,
        receiptPolicy: ReceiptPolicy,
        lease: LeaseInterface,
        leaseSeconds: int,
    ) -> None:
        self._openWork, self._gateway, self._clock = openWork, gateway, clock
        self._receiptPolicy, self._lease, self._leaseSeconds = receiptPolicy, lease, leaseSeconds
        self._readUntil: datetime | None = None
        self._booked: set[str] = set()

    async def execute(self) -> int:
        now = self._clock.now()
        if not await self._isDue(now) or not await self._lease.take("paymentReport", self._leaseSeconds):
            return 0
        since = self._readUntil - OVERLAP if self._readUntil else now - FIRST_LOOK_BACK
        for start, end in splitByJakartaDay(since, now):
            lines = await self._gateway.report(start, end)
            if lines is None:
                return 0
            for line in lines:
                await self._book(line)
        self._readUntil = now
        return 0

    async def _isDue(self, now: datetime) -> bool:
        """With nothing open, stray money can wait a little."""
        if self._readUntil is None or now - self._readUntil > IDLE_PAUSE:
            return True
        async with self._openWork() as work:
            return await work.attempts.hasOpen()

    async def _book(self, line: ReportLine) -> None:
        mark = f"{line.bankReference}:{line.virtualAccountNo}:{line.amount.minorUnits}"
        if mark in self._booked:
            return
        report = MoneyReport(
            bankAccount=self._gateway.bankAccount,
            bankReference=line.bankReference,
            virtualAccountNo=line.virtualAccountNo,
            amount=line.amount,
            bankTime=line.bankTime,
            source=ReceiptSource.REPORT,
            originId=uuid5(NAMESPACE_URL, f"{self._gateway.bankAccount}/report/{line.bankReference}"),
        )
        async with self._openWork() as work:
            taken = await bookReceipt(work, report, self._receiptPolicy, self._clock.now())
            await work.commit()
        if len(self._booked) >= MAX_REMEMBERED:
            self._booked.clear()
        self._booked.add(mark)
        if taken.isNew:
            logger.application.info("payment.moneyFound", "the report was read", receiptId=str(taken.receiptId))
