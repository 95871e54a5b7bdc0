from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from KSysPayment.backend.application.output.answerOutput import SnapAnswerOutput
from KSysPayment.backend.domain.exceptions.snapErrors import INVALID_TOKEN, SnapRefusedError
from KSysPayment.backend.domain.interfaces.failpointInterface import FailpointInterface
from KSysPayment.backend.domain.interfaces.inboundCallInterface import InboundCall, InboundCallVerifierInterface
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from KSysPayment.backend.domain.models.inboxEvent import InboundToken, InboxEvent, InboxState, InboxVerdict
from KSysPayment.backend.domain.models.paymentException import ExceptionKind
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId

NOTIFICATION: Final = "notifyPaymentIntrabank"
_SECRET_HEADERS: Final = frozenset({"authorization", "x-signature", "cookie", "x-k-gateway-secret"})

logger = SystemLogger("payment")


class AcceptNotificationService:
    """
    Is it the bank? Then keep what it said, byte for byte, and answer; the money is booked right after, by a job.

    The bank never sends a notification twice, so nothing that bears its signature is refused without being kept.
    """

    def __init__(
        self,
        openWork: OpenPaymentWork,
        verifier: InboundCallVerifierInterface,
        clock: ClockInterface,
        failpoint: FailpointInterface,
    ) -> None:
        self._openWork, self._verifier, self._clock, self._failpoint = openWork, verifier, clock, failpoint

    async def execute(self, call: InboundCall) -> SnapAnswerOutput:
        now = self._clock.now()
        token = self._verifier.readToken(call, now)
        await self._ensureKnownToken(token, now)
        try:
            self._verifier.verifySignature(call, token)
        except SnapRefusedError as refusal:
            await self._keep(call, InboxState.REFUSED, refusal.message, now)
            raise
        try:
            notification = self._verifier.readNotification(call.body)
        except SnapRefusedError as refusal:
            await self._keep(call, InboxState.FAILED, refusal.message, now)
            raise
        await self._keep(call, InboxState.RECEIVED, None, now)
        self._failpoint.reach("inbox.committed")
        return SnapAnswerOutput(
            status=200,
            body={"responseCode": "2003400", "responseMessage": "Successful", "virtualAccountData": notification.echo},
        )

    async def _ensureKnownToken(self, token: str, now: datetime) -> None:
        async with self._openWork() as work:
            known = await work.inboundTokens.findValid(InboundToken.hashOf(token), now)
        if known is None:
            raise SnapRefusedError(INVALID_TOKEN)

    async def _keep(self, call: InboundCall, state: InboxState, failure: str | None, now: datetime) -> None:
        """Keep it before anything is done about it. Unreadable but signed: a person has to look."""
        verdict = InboxVerdict.REFUSED if state is InboxState.REFUSED else InboxVerdict.VERIFIED
        digest = hashlib.sha256(call.body).hexdigest()
        event = InboxEvent(
            id=generateId(),
            bankAccount=self._verifier.bankAccount,
            eventKey=f"{verdict.value}:{NOTIFICATION}:{digest}",
            kind=NOTIFICATION,
            path=call.path[:255],
            headers={name: value for name, value in call.headers.items() if name not in _SECRET_HEADERS},
            rawBody=call.body,
            verdict=verdict,
            verdictDetail=failure,
            state=state,
            seen=1,
            firstSeenAt=now,
            lastSeenAt=now,
            nextTryAt=now,
            failure=failure,
        )
        async with self._openWork() as work:
            isNew = await work.inbox.record(event)
            if isNew and state is InboxState.FAILED:
                await work.exceptions.open(
                    ExceptionKind.NOTIFICATION_UNREADABLE,
                    f"notification:{event.id}",
                    failure or "a signed notification cannot be read",
                    now,
                    facts={"inboxEventId": str(event.id)},
                )
            await work.commit()
        logger.application.info("bank.notified", NOTIFICATION, state=state.value, isNew=isNew)
