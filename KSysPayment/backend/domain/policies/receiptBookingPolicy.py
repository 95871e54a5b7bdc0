from __future__ import annotations

from datetime import datetime

from KSysPayment.backend.domain.interfaces.paymentWorkInterface import PaymentWorkInterface
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import MoneyReport, TakenReceipt
from KSysPayment.backend.domain.models.paymentException import ExceptionKind
from KSysPayment.backend.domain.policies.receiptPolicy import ReceiptPolicy


async def bookReceipt(
    work: PaymentWorkInterface, report: MoneyReport, policy: ReceiptPolicy, at: datetime
) -> TakenReceipt:
    """
    Record that money came, once, whoever reports it and however often. The caller commits.

    The first report moves the books and the payment; a later one that says something else opens an exception.
    """
    taken = await work.receipts.take(report, at)
    await bookTaken(work, taken, report, policy, at)
    return taken


async def bookTaken(
    work: PaymentWorkInterface, taken: TakenReceipt, report: MoneyReport, policy: ReceiptPolicy, at: datetime
) -> None:
    """The second half, under the lock that taking it left on the payment."""
    if taken.isNew:
        settlement = policy.decide(taken.payment, report.amount.minorUnits, report.bankTime)
        await work.receipts.settle(taken.receiptId, settlement, at)
        return
    isSameFact = (
        taken.recordedAmountMinor == report.amount.minorUnits and taken.recordedAccountNo == report.virtualAccountNo
    )
    if not isSameFact:
        await _openDifference(work, report, taken, at)


async def _openDifference(work: PaymentWorkInterface, report: MoneyReport, taken: TakenReceipt, at: datetime) -> None:
    await work.exceptions.open(
        ExceptionKind.EVIDENCE_DIFFERS,
        f"evidenceDiffers:{taken.receiptId}:{report.source.value}:{report.amount.minorUnits}:{report.virtualAccountNo}",
        f"{report.source.value} tells of the same movement with another amount or account",
        at,
        paymentId=taken.payment.paymentId if taken.payment else None,
        receiptId=taken.receiptId,
        facts={"amountMinor": report.amount.minorUnits, "virtualAccountNo": report.virtualAccountNo},
    )
