from __future__ import annotations

from uuid import UUID

from KSysPayment.backend.application.dto.paymentAudit import auditOf
from KSysPayment.backend.application.output.paymentOutput import PaymentOutput
from KSysPayment.backend.domain.exceptions.paymentErrors import BankUnavailableError, PaymentNotCancellableError
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import CloseAnswer, PaymentGatewayInterface
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import PaymentView
from KSysPayment.backend.domain.models.paymentAttempt import PaymentAttempt
from KSysPayment.backend.domain.models.statuses import PaymentStatus
from shared.backend.utils.clock import ClockInterface


class CancelPaymentService:
    """Take the account down at the bank first: a payment is cancelled only when nobody can pay it any more."""

    def __init__(
        self,
        openWork: OpenPaymentWork,
        gateway: PaymentGatewayInterface,
        clock: ClockInterface,
        publicBaseUrl: str,
    ) -> None:
        self._openWork, self._gateway, self._clock = openWork, gateway, clock
        self._publicBaseUrl = publicBaseUrl

    async def execute(self, paymentId: UUID, actor: Actor) -> PaymentOutput:
        attempt = await self._ensureCancellable(paymentId, actor)
        match await self._closeAtBank(attempt):
            case CloseAnswer.PAID:
                await self._checkSoon(attempt)
                raise PaymentNotCancellableError("the bank has money for this payment")
            case CloseAnswer.UNKNOWN:
                raise BankUnavailableError("nothing was changed; try again", retryAfterSeconds=5)
            case CloseAnswer.CLOSED:
                return await self._cancel(paymentId, actor)

    async def _ensureCancellable(self, paymentId: UUID, actor: Actor) -> PaymentAttempt:
        async with self._openWork() as work:
            payment = await work.payments.getForUpdate(actor.userId, paymentId)
            payment.ensureCancellable()
            return await work.attempts.getOfPayment(paymentId)

    async def _closeAtBank(self, attempt: PaymentAttempt) -> CloseAnswer:
        status = await self._gateway.inquireStatus(attempt.id, attempt.number)
        if status.paid:
            return CloseAnswer.PAID
        return await self._gateway.deleteVirtualAccount(attempt.id, attempt.number, attempt.partnerReference)

    async def _checkSoon(self, attempt: PaymentAttempt) -> None:
        async with self._openWork() as work:
            await work.payments.lock(attempt.paymentId)
            current = await work.attempts.get(attempt.id)
            if current.isOpen:
                current.nextCheckAt = self._clock.now()
            await work.commit()

    async def _cancel(self, paymentId: UUID, actor: Actor) -> PaymentOutput:
        now = self._clock.now()
        async with self._openWork() as work:
            payment = await work.payments.getForUpdate(actor.userId, paymentId)
            attempt = await work.attempts.getOfPayment(paymentId)
            payment.cancel(now)
            attempt.close(now)
            await work.audit.append(
                auditOf(payment, "payment.cancelled", "user", str(actor.userId), PaymentStatus.AWAITING_PAYMENT, now)
            )
            await work.commit()
        return PaymentOutput.fromView(PaymentView(payment, attempt), self._publicBaseUrl)
