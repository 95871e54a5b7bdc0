from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from KSysPayment.backend.application.dto.paymentAudit import auditOf
from KSysPayment.backend.domain.interfaces.failpointInterface import FailpointInterface
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import (
    CloseAnswer,
    PaymentGatewayInterface,
    ReportLine,
    StatusResult,
)
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import MoneyReport
from KSysPayment.backend.domain.models.paymentAttempt import PaymentAttempt
from KSysPayment.backend.domain.models.paymentException import ExceptionKind
from KSysPayment.backend.domain.models.receipt import ReceiptSource, ReferenceKind
from KSysPayment.backend.domain.models.statuses import PaymentStatus
from KSysPayment.backend.domain.policies.attemptResolutionPolicy import askWhatBecameOf, conclude, orderFor
from KSysPayment.backend.domain.policies.checkPolicy import CheckPolicy
from KSysPayment.backend.domain.policies.jakartaCalendar import reportWindows
from KSysPayment.backend.domain.policies.receiptBookingPolicy import bookReceipt
from KSysPayment.backend.domain.policies.receiptPolicy import ReceiptPolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

BATCH: Final = 8
LEASE: Final = timedelta(seconds=150)
RETRY: Final = timedelta(seconds=10)
REST_AFTER_MONEY: Final = timedelta(hours=1)
SILENCE: Final = timedelta(hours=1)
ENDABLE: Final = frozenset({PaymentStatus.AWAITING_PAYMENT, PaymentStatus.PARTIALLY_FUNDED})

logger = SystemLogger("payment")


class CheckAttemptsService:
    """
    Ask the bank about every instrument that is due: was it made, was it paid, is it time to close it.

    This alone finds money whose notification never came. Each claim is a lease: work of a killed process comes back.
    """

    def __init__(
        self,
        openWork: OpenPaymentWork,
        gateway: PaymentGatewayInterface,
        clock: ClockInterface,
        policy: CheckPolicy,
        receiptPolicy: ReceiptPolicy,
        failpoint: FailpointInterface,
    ) -> None:
        self._openWork, self._gateway, self._clock = openWork, gateway, clock
        self._policy, self._receiptPolicy, self._failpoint = policy, receiptPolicy, failpoint
        self._unreported: dict[UUID, int] = {}

    async def execute(self) -> int:
        async with self._openWork() as work:
            attempts = await work.attempts.claimDue(self._clock.now(), LEASE, BATCH)
            await work.commit()
        results = await asyncio.gather(*(self._check(attempt) for attempt in attempts), return_exceptions=True)
        for attempt, result in zip(attempts, results, strict=True):
            if isinstance(result, Exception):
                logger.error.error(
                    "payment.checkFailed",
                    "an attempt could not be checked",
                    exception=result,
                    attemptId=str(attempt.id),
                )
        return len(attempts)

    async def _check(self, attempt: PaymentAttempt) -> None:
        if attempt.isUnresolved:
            await self._resolve(attempt)
            return
        if not attempt.isOpen:
            await self._schedule(attempt, None)
            return
        await self._lookForMoney(attempt)

    async def _resolve(self, attempt: PaymentAttempt) -> None:
        """The create call's outcome is unknown: ask with the same reference, and settle it on evidence."""
        async with self._openWork() as work:
            description = await work.attempts.findDescription(attempt.id)
        order = orderFor(attempt, description.encode("ascii", "replace").decode())
        result = await askWhatBecameOf(self._gateway, order)
        now = self._clock.now()
        async with self._openWork() as work:
            payment = await conclude(work, attempt, result, self._policy, now)
            await work.audit.append(auditOf(payment, "payment.resolved", "system", "payment", "unknown", now))
            await work.commit()

    async def _lookForMoney(self, attempt: PaymentAttempt) -> None:
        status = await self._gateway.inquireStatus(attempt.id, attempt.number)
        now = self._clock.now()
        if status.paid is None:
            await self._schedule(attempt, now + RETRY)
            return
        if status.paid:
            await self._collect(attempt, status, now)
            return
        if now >= self._policy.closesAt(attempt.expiresAt):
            await self._close(attempt)
            return
        await self._schedule(attempt, self._policy.afterUnpaid(attempt.createdAt, attempt.expiresAt, now), seenAt=now)

    async def _collect(self, attempt: PaymentAttempt, status: StatusResult, now: datetime) -> None:
        """The bank says paid: book what it names, from this answer or from its report."""
        if status.bankReference and status.amount:
            named = ReportLine(
                virtualAccountNo=attempt.virtualAccountNo,
                bankReference=status.bankReference,
                amount=status.amount,
                bankTime=status.bankTime,
            )
            await self._book(attempt, named, ReceiptSource.INQUIRY, now)
            return
        lines = await self._findInReport(attempt, now)
        if lines:
            for line in lines:
                await self._book(attempt, line, ReceiptSource.REPORT, now)
            return
        await self._collectUnnamed(attempt, isReportRead=lines is not None, now=now)

    async def _collectUnnamed(self, attempt: PaymentAttempt, *, isReportRead: bool, now: datetime) -> None:
        """
        Paid, says the bank, and names no movement. A closed account takes its one amount, so that much came.

        The receipt carries a reference of ours until the bank's own turns up; then that replaces it.
        """
        tries = self._unreported.get(attempt.id, 0) + 1
        self._unreported[attempt.id] = tries
        if not isReportRead and tries < self._policy.reportTriesBeforeDerived:
            await self._schedule(attempt, now + RETRY)
            return
        self._unreported.pop(attempt.id, None)
        report = MoneyReport(
            bankAccount=attempt.bankAccount,
            bankReference=f"status:{attempt.partnerReference}",
            referenceKind=ReferenceKind.DERIVED,
            virtualAccountNo=attempt.virtualAccountNo,
            amount=attempt.amount,
            source=ReceiptSource.INQUIRY,
            originId=attempt.id,
        )
        await self._bookReport(attempt, report, now)

    async def _findInReport(self, attempt: PaymentAttempt, now: datetime) -> list[ReportLine] | None:
        """This account's payments since it was last known to be unpaid; None when the bank did not say."""
        found: list[ReportLine] = []
        for start, end in reversed(reportWindows(attempt.checkedAt or attempt.createdAt, now)):
            lines = await self._gateway.report(start, end)
            if lines is None:
                return None
            found.extend(line for line in lines if line.virtualAccountNo == attempt.virtualAccountNo)
        return found

    async def _book(self, attempt: PaymentAttempt, line: ReportLine, source: ReceiptSource, now: datetime) -> None:
        report = MoneyReport(
            bankAccount=attempt.bankAccount,
            bankReference=line.bankReference,
            referenceKind=line.referenceKind,
            virtualAccountNo=attempt.virtualAccountNo,
            amount=line.amount,
            bankTime=line.bankTime,
            source=source,
            originId=attempt.id,
        )
        await self._bookReport(attempt, report, now)

    async def _bookReport(self, attempt: PaymentAttempt, report: MoneyReport, now: datetime) -> None:
        async with self._openWork() as work:
            taken = await bookReceipt(work, report, self._receiptPolicy, now)
            current = await work.attempts.get(attempt.id)
            if current.isOpen:
                current.nextCheckAt = now + REST_AFTER_MONEY
            self._failpoint.reach("receipt.booked")
            await work.commit()
        self._failpoint.reach("receipt.committed")
        logger.application.info(
            "payment.moneyFound", "the bank was asked", paymentId=str(attempt.paymentId), isNew=taken.isNew
        )

    async def _close(self, attempt: PaymentAttempt) -> None:
        """Expired and, says the bank, unpaid: take the account down, and only then call the payment expired."""
        answer = await self._gateway.deleteVirtualAccount(attempt.id, attempt.number, attempt.partnerReference)
        now = self._clock.now()
        if answer is not CloseAnswer.CLOSED:
            await self._schedule(attempt, now + RETRY)
            return
        async with self._openWork() as work:
            payment = await work.payments.lock(attempt.paymentId)
            current = await work.attempts.get(attempt.id)
            if not current.isOpen:
                return
            current.expire(now)
            before = payment.status
            if before in ENDABLE:
                payment.expire(now)
            await work.audit.append(auditOf(payment, "payment.expired", "system", "payment", before, now))
            await work.commit()

    async def _schedule(self, attempt: PaymentAttempt, at: datetime | None, seenAt: datetime | None = None) -> None:
        """Set the next look. An attempt the bank keeps silent about is a person's matter after its deadline."""
        now = self._clock.now()
        async with self._openWork() as work:
            await work.payments.lock(attempt.paymentId)
            current = await work.attempts.get(attempt.id)
            if current.state is not attempt.state:
                return
            current.nextCheckAt, current.checkedAt = at, seenAt or current.checkedAt
            if (
                at is not None
                and seenAt is None
                and now > self._policy.closesAt(attempt.expiresAt) + timedelta(hours=1)
            ):
                await work.exceptions.open(
                    ExceptionKind.BANK_PAID_UNCONFIRMED,
                    f"bankSilent:{attempt.id}",
                    "the bank gives no clear answer about an account that has expired",
                    now,
                    paymentId=attempt.paymentId,
                    attemptId=attempt.id,
                )
            await work.commit()
