from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from KSysPayment.backend.domain.exceptions.snapErrors import SnapRefusedError
from KSysPayment.backend.domain.interfaces.failpointInterface import FailpointInterface
from KSysPayment.backend.domain.interfaces.inboundCallInterface import InboundCallVerifierInterface
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import PaymentGatewayInterface, ReportLine
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import MoneyReport
from KSysPayment.backend.domain.models.inboxEvent import InboxEvent, InboxState
from KSysPayment.backend.domain.models.paymentException import ExceptionKind
from KSysPayment.backend.domain.models.receipt import ReceiptSource, ReferenceKind
from KSysPayment.backend.domain.policies.jakartaCalendar import reportWindows
from KSysPayment.backend.domain.policies.receiptBookingPolicy import bookTaken
from KSysPayment.backend.domain.policies.receiptPolicy import ReceiptPolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

BATCH: Final = 20
AT_ONCE: Final = 4
LEASE: Final = timedelta(seconds=30)
MAX_DOUBTS: Final = 3
LOOK_BACK: Final = timedelta(hours=1)

logger = SystemLogger("payment")


class ProcessInboxService:
    """Book what the bank notified us of: receipt, journal, payment, event and inbox mark in one transaction."""

    def __init__(
        self,
        openWork: OpenPaymentWork,
        gateway: PaymentGatewayInterface,
        verifier: InboundCallVerifierInterface,
        clock: ClockInterface,
        receiptPolicy: ReceiptPolicy,
        failpoint: FailpointInterface,
    ) -> None:
        self._openWork, self._gateway, self._verifier, self._clock = openWork, gateway, verifier, clock
        self._receiptPolicy, self._failpoint = receiptPolicy, failpoint

    async def execute(self) -> int:
        async with self._openWork() as work:
            events = await work.inbox.claimDue(self._clock.now(), LEASE, BATCH)
            await work.commit()
        places = asyncio.Semaphore(AT_ONCE)
        results = await asyncio.gather(*(self._process(event, places) for event in events), return_exceptions=True)
        for event, result in zip(events, results, strict=True):
            if isinstance(result, Exception):
                logger.error.error(
                    "payment.notificationUnbooked",
                    "a notification could not be booked; it is tried again",
                    exception=result,
                    inboxEventId=str(event.id),
                )
        return len(events)

    async def _process(self, event: InboxEvent, places: asyncio.Semaphore) -> None:
        async with places:
            try:
                await self._read(event)
            except SnapRefusedError as refusal:
                await self._giveUp(event, refusal.message)

    async def _read(self, event: InboxEvent) -> None:
        notification = self._verifier.readNotification(event.rawBody)
        notified = MoneyReport(
            bankAccount=event.bankAccount,
            bankReference=notification.bankReference,
            virtualAccountNo=notification.virtualAccountNo,
            amount=notification.amount,
            bankTime=notification.bankTime,
            source=ReceiptSource.NOTIFICATION,
            originId=event.id,
        )
        if await self._book(event, [notified], isDoubtBooked=False):
            return
        confirmed = await self._confirm(event, notified)
        if confirmed is None:
            logger.application.warning("payment.notificationDoubted", "asking the bank's report again soon")
            return
        await self._book(event, [*confirmed, notified], isDoubtBooked=True)

    async def _book(self, event: InboxEvent, reports: Sequence[MoneyReport], *, isDoubtBooked: bool) -> bool:
        """
        Everything in one transaction, what is locked by all (the audit chain) last; False when nothing was done.

        Doubtful is new money of another amount than was asked for, or for an account nobody was given: one message
        alone does not settle that.
        """
        now = self._clock.now()
        async with self._openWork() as work:
            await work.inbox.markProcessed(event.id, now)
            for report in reports:
                taken = await work.receipts.take(report, now)
                if not isDoubtBooked and taken.isNew and not taken.isAsAsked(report.amount):
                    return False
                await bookTaken(work, taken, report, self._receiptPolicy, now)
            self._failpoint.reach("receipt.booked")
            await work.commit()
        self._failpoint.reach("receipt.committed")
        logger.application.info("payment.moneyNotified", "a notification was booked", inboxEventId=str(event.id))
        return True

    async def _confirm(self, event: InboxEvent, notified: MoneyReport) -> Sequence[MoneyReport] | None:
        """
        What the bank's report says of the movement; it is booked first, and the notification beside it.

        None: look again later, since the report does not hold it yet or the bank did not answer. Empty after some
        answers without it: the notification is all there is.
        """
        now = self._clock.now()
        found: list[MoneyReport] = []
        for start, end in reportWindows(event.firstSeenAt - LOOK_BACK, now):
            lines = await self._gateway.report(start, end)
            if lines is None:
                return None
            found.extend(
                notified.model_copy(
                    update={
                        "virtualAccountNo": line.virtualAccountNo,
                        "amount": line.amount,
                        "bankTime": line.bankTime,
                        "source": ReceiptSource.REPORT,
                    }
                )
                for line in lines
                if _isOf(line, notified)
            )
        return found if found or event.tries >= MAX_DOUBTS else None

    async def _giveUp(self, event: InboxEvent, reason: str) -> None:
        now = self._clock.now()
        async with self._openWork() as work:
            current = await work.inbox.get(event.id)
            current.state, current.failure = InboxState.FAILED, reason[:255]
            await work.exceptions.open(
                ExceptionKind.NOTIFICATION_UNREADABLE,
                f"notification:{event.id}",
                reason,
                now,
                facts={"inboxEventId": str(event.id)},
            )
            await work.commit()


def _isOf(line: ReportLine, notified: MoneyReport) -> bool:
    """Whether the report's line tells of the movement notified; without the bank's reference the account decides."""
    if line.referenceKind is ReferenceKind.DERIVED:
        return line.virtualAccountNo == notified.virtualAccountNo
    return line.bankReference == notified.bankReference
