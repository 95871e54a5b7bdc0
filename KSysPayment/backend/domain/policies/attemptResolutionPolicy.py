"""What may be concluded from the bank's answers about one attempt, and what it does to the payment."""

from __future__ import annotations

from datetime import datetime

from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import (
    CreateAnswer,
    CreateResult,
    ExternalId,
    InquiryAnswer,
    PaymentGatewayInterface,
    VirtualAccountOrder,
)
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import PaymentWorkInterface
from KSysPayment.backend.domain.models.payment import Payment
from KSysPayment.backend.domain.models.paymentAttempt import PaymentAttempt
from KSysPayment.backend.domain.models.paymentException import ExceptionKind
from KSysPayment.backend.domain.models.statuses import PaymentStatus
from KSysPayment.backend.domain.policies.checkPolicy import CheckPolicy


def orderFor(attempt: PaymentAttempt, description: str) -> VirtualAccountOrder:
    return VirtualAccountOrder(
        attemptId=attempt.id,
        number=attempt.number,
        accountName=attempt.accountName,
        amount=attempt.amount,
        expiresAt=attempt.expiresAt,
        partnerReference=attempt.partnerReference,
        description=description,
    )


async def openAtBank(
    gateway: PaymentGatewayInterface, order: VirtualAccountOrder, externalId: ExternalId | None = None
) -> CreateResult:
    """Ask for the account. "Exists already" is believed only after asking whether it is ours."""
    result = await gateway.createVirtualAccount(order, externalId)
    if result.answer is not CreateAnswer.EXISTS:
        return result
    found = await gateway.inquireVirtualAccount(order.attemptId, order.number, order.partnerReference)
    answer = CreateAnswer.OPENED if found is InquiryAnswer.FOUND else CreateAnswer.UNKNOWN
    return CreateResult(answer=answer, code=result.code, message=result.message)


async def askWhatBecameOf(gateway: PaymentGatewayInterface, order: VirtualAccountOrder) -> CreateResult:
    """The first call's outcome is unknown: look for the account, and only if it is absent ask again, same reference."""
    found = await gateway.inquireVirtualAccount(order.attemptId, order.number, order.partnerReference)
    match found:
        case InquiryAnswer.FOUND:
            return CreateResult(answer=CreateAnswer.OPENED)
        case InquiryAnswer.ABSENT:
            return await openAtBank(gateway, order)
        case InquiryAnswer.UNKNOWN:
            return CreateResult(answer=CreateAnswer.UNKNOWN)


async def conclude(
    work: PaymentWorkInterface, attempt: PaymentAttempt, result: CreateResult, policy: CheckPolicy, at: datetime
) -> Payment:
    """Write the bank's answer down, the payment locked first. Nothing changes when it was settled meanwhile."""
    payment = await work.payments.lock(attempt.paymentId)
    current = await work.attempts.get(attempt.id)
    if not current.isUnresolved:
        return payment
    current.bankCode, current.bankMessage, current.checkedAt = result.code, result.message, at
    match result.answer:
        case CreateAnswer.OPENED:
            current.accept(at, policy.afterAccepted(at))
            _settleStatus(payment, at)
            await work.exceptions.resolveForAttempt(
                current.id, ExceptionKind.OUTCOME_UNKNOWN, "the bank has the account", at
            )
        case CreateAnswer.REFUSED:
            current.reject(at)
            payment.fail(at)
            await work.exceptions.resolveForAttempt(current.id, ExceptionKind.OUTCOME_UNKNOWN, "the bank refused", at)
        case CreateAnswer.UNKNOWN | CreateAnswer.EXISTS:
            current.doubt(policy.afterUnknown(current.checkCount, at))
            await _noticeDeadline(work, current, at)
    return payment


def _settleStatus(payment: Payment, at: datetime) -> None:
    if payment.status is PaymentStatus.UNKNOWN:
        payment.awaitMoney(at)


async def _noticeDeadline(work: PaymentWorkInterface, attempt: PaymentAttempt, at: datetime) -> None:
    if at < attempt.deadlineAt:
        return
    await work.exceptions.open(
        ExceptionKind.OUTCOME_UNKNOWN,
        f"outcomeUnknown:{attempt.id}",
        "the bank has not said whether the virtual account exists",
        at,
        paymentId=attempt.paymentId,
        attemptId=attempt.id,
    )
