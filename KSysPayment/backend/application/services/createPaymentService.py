from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from pydantic import JsonValue

from KSysPayment.backend.application.dto.paymentAudit import auditOf
from KSysPayment.backend.application.input.createPaymentInput import CreatePaymentInput
from KSysPayment.backend.application.output.answerOutput import StoredAnswerOutput
from KSysPayment.backend.application.output.paymentOutput import PaymentOutput
from KSysPayment.backend.domain.exceptions.paymentErrors import (
    PaymentMethodUnavailableError,
    PaymentReferenceExistsError,
    VirtualAccountTakenError,
)
from KSysPayment.backend.domain.interfaces.failpointInterface import FailpointInterface
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import (
    CreateAnswer,
    CreateResult,
    ExternalId,
    PaymentGatewayInterface,
)
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork, PaymentWorkInterface
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import PaymentView
from KSysPayment.backend.domain.models.idempotencyKey import IdempotencyKey
from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.domain.models.payment import Payment
from KSysPayment.backend.domain.models.paymentAttempt import PaymentAttempt
from KSysPayment.backend.domain.models.statuses import PaymentMethod
from KSysPayment.backend.domain.models.virtualAccountNumber import VirtualAccountNumber
from KSysPayment.backend.domain.policies.attemptResolutionPolicy import (
    askWhatBecameOf,
    conclude,
    openAtBank,
    orderFor,
)
from KSysPayment.backend.domain.policies.checkPolicy import CheckPolicy
from KSysPayment.backend.domain.policies.jakartaCalendar import jakartaDay
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.valueObject import ValueObject

DEFAULT_LIFETIME: Final = timedelta(days=1)
DRAWS: Final = 3
EXTERNAL_ID_DIGITS: Final = 9

logger = SystemLogger("payment")


class CreateOptions(ValueObject):
    """What every new payment of this installation has in common."""

    companyCode: str
    accountName: str
    publicBaseUrl: str


@dataclass(frozen=True)
class _Begun:
    """The attempt is written down; `externalId` is None when an earlier call wrote it and its outcome is not known."""

    attempt: PaymentAttempt
    description: str
    externalId: ExternalId | None


class CreatePaymentService:
    """
    Claim, write down, commit; only then call the bank; then write its answer down.

    Wherever it dies, a second call with the same key, or the check job, goes on from what was committed.
    """

    def __init__(
        self,
        openWork: OpenPaymentWork,
        gateway: PaymentGatewayInterface,
        clock: ClockInterface,
        options: CreateOptions,
        policy: CheckPolicy,
        failpoint: FailpointInterface,
        randomToken: Callable[[], str],
    ) -> None:
        self._openWork, self._gateway, self._clock = openWork, gateway, clock
        self._options, self._policy, self._failpoint = options, policy, failpoint
        self._randomToken = randomToken

    async def execute(self, order: CreatePaymentInput, key: str, actor: Actor) -> StoredAnswerOutput:
        if order.method is not PaymentMethod.BRIVA:
            raise PaymentMethodUnavailableError("only briva is available", field="method")
        try:
            begun = await self._beginWithFreshNumber(order, key, actor)
        except PaymentReferenceExistsError as refusal:
            return await self._storeRefusal(order, key, actor, refusal)
        if isinstance(begun, StoredAnswerOutput):
            return begun
        self._failpoint.reach("create.committed")
        try:
            result = await self._askBank(begun)
            self._failpoint.reach("create.answerRead")
            answer = await self._finish(begun, result, key, actor)
        except Exception:
            await self._release(key, actor)
            raise
        self._failpoint.reach("create.resultCommitted")
        return answer

    async def _beginWithFreshNumber(
        self, order: CreatePaymentInput, key: str, actor: Actor
    ) -> _Begun | StoredAnswerOutput:
        for _ in range(DRAWS - 1):
            try:
                return await self._begin(order, key, actor)
            except VirtualAccountTakenError:
                logger.application.warning("payment.numberDrawnTwice", "drawing another virtual account number")
        return await self._begin(order, key, actor)

    async def _begin(self, order: CreatePaymentInput, key: str, actor: Actor) -> _Begun | StoredAnswerOutput:
        now = self._clock.now()
        payment = self._openPayment(order, actor, now)
        claim = IdempotencyKey.claim(actor.userId, key, order.fingerprint, payment.id, now)
        async with self._openWork() as work:
            if not await work.idempotencyKeys.claim(claim):
                return await self._goOn(work, order, key, actor, now)
            self._failpoint.reach("create.claimed")
            await self._ensureUnusedReference(work, actor.userId, order.reference)
            await work.payments.add(payment)
            attempt, externalId = await self._writeAttempt(work, payment, now)
            await work.audit.append(auditOf(payment, "payment.created", "user", str(actor.userId), None, now))
            await work.commit()
        return _Begun(attempt, payment.description or payment.reference, externalId)

    def _openPayment(self, order: CreatePaymentInput, actor: Actor, now: datetime) -> Payment:
        lifetime = timedelta(seconds=order.expiresInSeconds) if order.expiresInSeconds else DEFAULT_LIFETIME
        return Payment.open(
            ownerId=actor.userId,
            reference=order.reference,
            amount=Money.parse(order.amount.value, order.amount.currency),
            method=order.method,
            checkoutToken=self._randomToken(),
            at=now,
            expiresAt=now + lifetime,
            description=order.description,
            merchantMetadata=dict[str, JsonValue]((order.metadata or {}).items()),
        )

    async def _ensureUnusedReference(self, work: PaymentWorkInterface, ownerId: UUID, reference: str) -> None:
        if await work.payments.findByReference(ownerId, reference) is not None:
            raise PaymentReferenceExistsError("choose another reference for another payment")

    async def _writeAttempt(
        self, work: PaymentWorkInterface, payment: Payment, now: datetime
    ) -> tuple[PaymentAttempt, ExternalId]:
        day = jakartaDay(now)
        counted = await work.externalIds.next(self._gateway.bankAccount, day)
        externalId = ExternalId(day=day, value=str(counted).rjust(EXTERNAL_ID_DIGITS, "0"))
        attempt = PaymentAttempt.send(
            payment,
            bankAccount=self._gateway.bankAccount,
            number=VirtualAccountNumber.draw(self._options.companyCode),
            accountName=self._options.accountName,
            externalDay=externalId.day,
            externalId=externalId.value,
            at=now,
            checkAt=self._policy.afterSent(now),
            deadlineAt=self._policy.deadlineOf(now),
        )
        await work.attempts.add(attempt)
        return attempt, externalId

    async def _goOn(
        self, work: PaymentWorkInterface, order: CreatePaymentInput, key: str, actor: Actor, now: datetime
    ) -> _Begun | StoredAnswerOutput:
        """The key is known: its answer again, or what a lost call left unfinished."""
        known = await work.idempotencyKeys.getForUpdate(actor.userId, key)
        known.ensureSameRequest(order.fingerprint)
        if known.isFinished:
            return _replay(known)
        known.takeOver(now)
        attempt = await work.attempts.getOfPayment(known.resourceId)
        description = await work.attempts.findDescription(attempt.id)
        await work.commit()
        return _Begun(attempt, description, None)

    async def _askBank(self, begun: _Begun) -> CreateResult:
        if not begun.attempt.isUnresolved:
            return CreateResult(answer=CreateAnswer.UNKNOWN)
        order = orderFor(begun.attempt, _ascii(begun.description))
        if begun.externalId is None:
            return await askWhatBecameOf(self._gateway, order)
        return await openAtBank(self._gateway, order, begun.externalId)

    async def _finish(self, begun: _Begun, result: CreateResult, key: str, actor: Actor) -> StoredAnswerOutput:
        now = self._clock.now()
        async with self._openWork() as work:
            known = await work.idempotencyKeys.getForUpdate(actor.userId, key)
            if known.isFinished:
                return _replay(known)
            payment = await conclude(work, begun.attempt, result, self._policy, now)
            attempt = await work.attempts.get(begun.attempt.id)
            output = PaymentOutput.fromView(PaymentView(payment, attempt), self._options.publicBaseUrl)
            known.finish(HTTPStatus.CREATED, output.model_dump(mode="json"), now)
            await work.audit.append(auditOf(payment, "payment.answered", "system", "payment", "unknown", now))
            await work.commit()
        logger.application.info(
            "payment.created", "the bank was asked", paymentId=str(payment.id), status=payment.status.value
        )
        return StoredAnswerOutput(status=HTTPStatus.CREATED, body=known.responseBody or {})

    async def _storeRefusal(
        self, order: CreatePaymentInput, key: str, actor: Actor, refusal: PaymentReferenceExistsError
    ) -> StoredAnswerOutput:
        """A refusal is an answer too: the same key gets it again, even if the reference were free by then."""
        now = self._clock.now()
        async with self._openWork() as work:
            existing = await work.payments.findByReference(actor.userId, order.reference)
            if existing is None:
                raise refusal
            claim = IdempotencyKey.claim(actor.userId, key, order.fingerprint, existing.id, now)
            if not await work.idempotencyKeys.claim(claim):
                raise refusal
            known = await work.idempotencyKeys.getForUpdate(actor.userId, key)
            known.finish(
                HTTPStatus.CONFLICT, {"code": refusal.code, "title": refusal.title, "detail": refusal.detail}, now
            )
            await work.commit()
        return StoredAnswerOutput(status=HTTPStatus.CONFLICT, body=known.responseBody or {})

    async def _release(self, key: str, actor: Actor) -> None:
        """Our side failed: let the client's next try begin at once. What was committed stays."""
        async with self._openWork() as work:
            known = await work.idempotencyKeys.getForUpdate(actor.userId, key)
            if not known.isFinished:
                known.release(self._clock.now())
            await work.commit()


def _replay(known: IdempotencyKey) -> StoredAnswerOutput:
    return StoredAnswerOutput(
        status=known.responseStatus or HTTPStatus.CREATED, body=known.responseBody or {}, replayed=True
    )


def _ascii(description: str) -> str:
    """Channels such as cash machines show ASCII only."""
    return description.encode("ascii", "replace").decode()[:255]
