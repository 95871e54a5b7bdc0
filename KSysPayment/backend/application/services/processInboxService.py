from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from KSysPayment.backend.domain.exceptions.snapErrors import SnapRefusedError
from KSysPayment.backend.domain.interfaces.failpointInterface import FailpointInterface
from KSysPayment.backend.domain.interfaces.inboundCallInterface import InboundCallVerifierInterface
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import PaymentGatewayInterface
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import MoneyReport
from KSysPayment.backend.domain.models.inboxEvent import InboxEvent, InboxState
from KSysPayment.backend.domain.models.paymentException import ExceptionKind
from KSysPayment.backend.domain.models.receipt import ReceiptSource
from KSysPayment.backend.domain.policies.jakartaCalendar import splitByJakartaDay
from KSysPayment.backend.domain.policies.receiptBookingPolicy import bookReceipt
from KSysPayment.backend.domain.policies.receiptPolicy import ReceiptPolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

BATCH: Final = 20
LEASE: Final = timedelta(seconds=30)
MAX_DOUBTS: Final = 3
LOOK_BACK: Final = timedelta(hours=1)
MARGIN: Final = timedelta(minutes=1)

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
        for event in events:
            await self._process(event)
        return len(events)

    async def _process(self, event: InboxEvent) -> None:
        try:
            await self._book(event)
        except SnapRefusedError as refusal:
            await self._giveUp(event, refusal.message)

    async def _book(self, event: InboxEvent) -> None:
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
        confirmed = await self._confirm(event, notified) if await self._isDoubtful(notified) else []
        if confirmed is None:
            logger.application.warning("payment.notificationDoubted", "asking the bank's report again soon")
            return
        now = self._clock.now()
        async with self._openWork() as work:
            for report in (*confirmed, notified):
                await bookReceipt(work, report, self._receiptPolicy, now)
            current = await work.inbox.get(event.id)
            current.state, current.processedAt = InboxState.PROCESSED, now
            self._failpoint.reach("receipt.booked")
            await work.commit()
        self._failpoint.reach("receipt.committed")
        logger.application.info("payment.moneyNotified", "a notification was booked", inboxEventId=str(event.id))

    async def _isDoubtful(self, notified: MoneyReport) -> bool:
        """Another amount than was asked for, or an account nobody was given: one message alone does not settle that."""
        async with self._openWork() as work:
            attempt = await work.attempts.findByNumber(notified.bankAccount, notified.virtualAccountNo)
        return attempt is None or attempt.amount != notified.amount

    async def _confirm(self, event: InboxEvent, notified: MoneyReport) -> Sequence[MoneyReport] | None:
        """
        What the bank's report says of the movement; it is booked first, and the notification beside it.

        None: not in the report yet, look again later. Empty after some tries: the notification is all there is.
        """
        now = self._clock.now()
        found: list[MoneyReport] = []
        for start, end in splitByJakartaDay(event.firstSeenAt - LOOK_BACK, now + MARGIN):
            lines = await self._gateway.report(start, end) or []
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
                if line.bankReference == notified.bankReference
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
