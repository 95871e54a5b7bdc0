from __future__ import annotations

from datetime import timedelta
from typing import Final

from KSysPayment.backend.domain.exceptions.snapErrors import SnapRefusedError
from KSysPayment.backend.domain.interfaces.failpointInterface import FailpointInterface
from KSysPayment.backend.domain.interfaces.inboundCallInterface import InboundCallVerifierInterface
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import MoneyReport
from KSysPayment.backend.domain.models.inboxEvent import InboxEvent, InboxState
from KSysPayment.backend.domain.models.paymentException import ExceptionKind
from KSysPayment.backend.domain.models.receipt import ReceiptSource
from KSysPayment.backend.domain.policies.receiptBookingPolicy import bookReceipt
from KSysPayment.backend.domain.policies.receiptPolicy import ReceiptPolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

BATCH: Final = 20
LEASE: Final = timedelta(seconds=30)

logger = SystemLogger("payment")


class ProcessInboxService:
    """Book what the bank notified us of: receipt, journal, payment, event and inbox mark in one transaction."""

    def __init__(
        self,
        openWork: OpenPaymentWork,
        verifier: InboundCallVerifierInterface,
        clock: ClockInterface,
        receiptPolicy: ReceiptPolicy,
        failpoint: FailpointInterface,
    ) -> None:
        self._openWork, self._verifier, self._clock = openWork, verifier, clock
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
        now = self._clock.now()
        report = MoneyReport(
            bankAccount=event.bankAccount,
            bankReference=notification.bankReference,
            virtualAccountNo=notification.virtualAccountNo,
            amount=notification.amount,
            bankTime=notification.bankTime,
            source=ReceiptSource.NOTIFICATION,
            originId=event.id,
        )
        async with self._openWork() as work:
            taken = await bookReceipt(work, report, self._receiptPolicy, now)
            current = await work.inbox.get(event.id)
            current.state, current.processedAt = InboxState.PROCESSED, now
            self._failpoint.reach("receipt.booked")
            await work.commit()
        self._failpoint.reach("receipt.committed")
        logger.application.info(
            "payment.moneyNotified", "a notification was booked", receiptId=str(taken.receiptId), isNew=taken.isNew
        )

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
