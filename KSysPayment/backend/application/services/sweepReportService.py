from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from KSysPayment.backend.domain.interfaces.bankCallLogInterface import BankCallLogInterface
from KSysPayment.backend.domain.interfaces.leaseInterface import LeaseInterface
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import PaymentGatewayInterface, ReportLine
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import MoneyReport
from KSysPayment.backend.domain.models.receipt import ReceiptSource
from KSysPayment.backend.domain.policies.jakartaCalendar import reportWindows
from KSysPayment.backend.domain.policies.receiptBookingPolicy import bookReceipt
from KSysPayment.backend.domain.policies.receiptPolicy import ReceiptPolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

LOOK_BACK: Final = timedelta(hours=24)
LONGEST_LOOK_BACK: Final = timedelta(days=59)
MOST_FAILURES: Final = 5
REPORT: Final = "report"
IDLE_PAUSE: Final = timedelta(minutes=10)
MAX_REMEMBERED: Final = 50_000

logger = SystemLogger("payment")


class SweepReportService:
    """
    Read the bank's report of all accounts, again and again, and book whatever is not booked yet.

    One call finds every payment of the last minutes, however many accounts are open and however old they are, and
    also money to accounts we never opened or have closed. After a start the last 24 hours are read once, after an
    outage all that it lasted.
    """

    def __init__(
        self,
        openWork: OpenPaymentWork,
        gateway: PaymentGatewayInterface,
        clock: ClockInterface,
        receiptPolicy: ReceiptPolicy,
        calls: BankCallLogInterface,
        lease: LeaseInterface,
        leaseSeconds: int,
    ) -> None:
        self._openWork, self._gateway, self._clock, self._calls = openWork, gateway, clock, calls
        self._receiptPolicy, self._lease, self._leaseSeconds = receiptPolicy, lease, leaseSeconds
        self._readUntil: datetime | None = None
        self._booked: set[str] = set()

    async def execute(self) -> int:
        now = self._clock.now()
        if not await self._isDue(now) or not await self._lease.take("paymentReport", self._leaseSeconds):
            return 0
        since = self._readUntil or await self._firstLookBack(now)
        failures = 0
        for start, end in reportWindows(since, now):
            lines = await self._gateway.report(start, end)
            if lines is None:
                return 0
            failures += await self._bookAll(lines)
        if not failures:
            self._readUntil = now
        return 0

    async def _firstLookBack(self, now: datetime) -> datetime:
        """After a start a day, or as far as nobody has asked the bank; it remembers sixty days."""
        asked = await self._calls.lastAnswered(REPORT)
        return max(min(asked or now, now - LOOK_BACK), now - LONGEST_LOOK_BACK)

    async def _bookAll(self, lines: Sequence[ReportLine]) -> int:
        """How many could not be booked; one that cannot does not keep the others waiting. Too many end the run."""
        failures = 0
        for line in lines:
            try:
                await self._book(line)
            except Exception as error:
                logger.error.error("payment.reportLineUnbooked", "a line of the report is tried again", exception=error)
                failures += 1
                if failures >= MOST_FAILURES:
                    raise
        return failures

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
            referenceKind=line.referenceKind,
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
