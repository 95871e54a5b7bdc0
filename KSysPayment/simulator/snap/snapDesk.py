"""The bank's front desk: logs a call, verifies it, has it done, and answers, well or as badly as ordered."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Final

from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.operations.accessToken import AccessToken
from KSysPayment.simulator.operations.snapOperation import SnapOperation
from KSysPayment.simulator.snap.answers import (
    FUNCTION_NOT_FOUND,
    GENERAL_ERROR,
    INVALID_TOKEN,
    METHOD_NOT_SUPPORTED,
    UNAUTHORIZED,
    JsonObject,
    SnapAnswer,
    SnapRefusedError,
    answerOf,
    refusalOf,
    successOf,
)
from KSysPayment.simulator.snap.fields import ensureFields, parseBody
from KSysPayment.simulator.snap.incomingCall import IncomingCall
from KSysPayment.simulator.snap.reply import Reply, replyOf
from KSysPayment.simulator.snap.replyFaults import bendReply
from KSysPayment.simulator.snap.verification import RequestVerifier
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.exchange import Direction, Exchange, Verdict
from KSysPayment.simulator.state.fault import Fault, OrderedFault

NO_SERVICE: Final = "00"
REPLY_LATE_SECONDS: Final = 11.0
LATE_SECONDS: Final = 10.0
LOST_SECONDS: Final = 60.0

Operation = AccessToken | SnapOperation

logger = logging.getLogger(__name__)


class SnapDesk:
    """Answers every call the merchant makes."""

    def __init__(
        self, operations: Sequence[Operation], verifier: RequestVerifier, state: BankState, clock: BankClock
    ) -> None:
        self._operations = {operation.path: operation for operation in operations}
        self._verifier = verifier
        self._state = state
        self._clock = clock

    async def answer(self, call: IncomingCall, url: str) -> Reply:
        """The reply to one call; the call is on file before anything is done about it."""
        started = time.perf_counter()
        operation = self._operations.get(call.path)
        exchange = self._open(call, url, operation)
        reply = await self._reply(call, operation, exchange)

        exchange.status = None if reply.isHangUp else reply.status
        exchange.responseHeaders = {} if reply.isHangUp else {"content-type": reply.contentType}
        exchange.responseBody = None if reply.isHangUp else reply.body.decode()
        exchange.durationMs = round((time.perf_counter() - started) * 1000, 3)
        self._state.exchanges.complete(exchange)
        return reply

    def _open(self, call: IncomingCall, url: str, operation: Operation | None) -> Exchange:
        exchange = Exchange(
            direction=Direction.MERCHANT_TO_BRI,
            operation=operation.name if operation is not None else "unknown",
            method=call.method,
            url=url,
            requestHeaders=call.headers,
            requestBody=call.body.decode("utf-8", "replace"),
            at=self._clock.now(),
            stringToSign=self._verifier.expectedStringToSign(call, isTokenRequest=isinstance(operation, AccessToken)),
        )
        self._state.exchanges.open(exchange)
        return exchange

    async def _reply(self, call: IncomingCall, operation: Operation | None, exchange: Exchange) -> Reply:
        if operation is None:
            return replyOf(self._refuse(exchange, answerOf(NO_SERVICE, FUNCTION_NOT_FOUND)))
        if call.method != operation.method:
            return replyOf(self._refuse(exchange, answerOf(operation.serviceCode, METHOD_NOT_SUPPORTED)))

        ordered = self._state.faults.take(operation.name)
        exchange.fault = ordered.fault.value if ordered is not None else None
        early = await self._failBefore(ordered, call, operation, exchange)
        if early is not None:
            return early

        answer = self._process(call, operation, exchange, isRepeated=isFault(ordered, Fault.DUPLICATE))
        if ordered is not None and ordered.fault is Fault.REPLY_LATE:
            await asyncio.sleep(delayOf(ordered, REPLY_LATE_SECONDS))
        return bendReply(ordered, answer, operation.serviceCode)

    async def _failBefore(
        self, ordered: OrderedFault | None, call: IncomingCall, operation: Operation, exchange: Exchange
    ) -> Reply | None:
        match ordered.fault if ordered is not None else None:
            case Fault.DROP_BEFORE_PROCESSING:
                return self._hangUp(exchange)
            case Fault.LOST:
                await asyncio.sleep(delayOf(ordered, LOST_SECONDS))
                return self._hangUp(exchange)
            case Fault.LATE:
                await asyncio.sleep(delayOf(ordered, LATE_SECONDS))
                return None
            case Fault.TOKEN_INVALID:
                self._state.tokens.revoke(call.bearer)
                return replyOf(self._refuse(exchange, answerOf(operation.serviceCode, INVALID_TOKEN)))
            case Fault.WRONG_SIGNATURE:
                refusal = refusalOf(operation.serviceCode, SnapRefusedError(UNAUTHORIZED, "Signature"))
                return replyOf(self._refuse(exchange, refusal))
            case _:
                return None

    def _process(self, call: IncomingCall, operation: Operation, exchange: Exchange, *, isRepeated: bool) -> SnapAnswer:
        try:
            answer = self._perform(call, operation, exchange, isRepeated=isRepeated)
        except SnapRefusedError as refusal:
            return self._refuse(exchange, refusalOf(operation.serviceCode, refusal))
        except Exception:
            logger.exception("operation %s broke", operation.name)
            return self._refuse(exchange, answerOf(operation.serviceCode, GENERAL_ERROR))
        exchange.verdict = Verdict.ACCEPTED
        return answer

    def _perform(self, call: IncomingCall, operation: Operation, exchange: Exchange, *, isRepeated: bool) -> SnapAnswer:
        if isinstance(operation, AccessToken):
            clientId = self._verifier.verifyTokenRequest(call)
            exchange.reason = "signature good"
            return SnapAnswer(200, operation.execute(parseBody(call.body), clientId))

        form = self._verifier.verifyTransaction(call)
        exchange.reason = f"signature good over the {form} body"
        body = parseBody(call.body)
        ensureFields(body, operation.fields)
        if isRepeated:
            self._execute(operation, body)
        return successOf(operation.serviceCode, self._execute(operation, body))

    def _execute(self, operation: SnapOperation, body: JsonObject) -> JsonObject:
        with self._state.database.transaction():
            return operation.execute(body)

    def _refuse(self, exchange: Exchange, answer: SnapAnswer) -> SnapAnswer:
        exchange.verdict = Verdict.REFUSED
        exchange.reason = f"{answer.body['responseCode']} {answer.body['responseMessage']}"
        return answer

    def _hangUp(self, exchange: Exchange) -> Reply:
        exchange.verdict = Verdict.UNANSWERED
        exchange.reason = "dropped before it was processed"
        return Reply(isHangUp=True)


def isFault(ordered: OrderedFault | None, fault: Fault) -> bool:
    """Whether this fault was ordered."""
    return ordered is not None and ordered.fault is fault


def delayOf(ordered: OrderedFault | None, usual: float) -> float:
    """The ordered delay, or the usual one."""
    if ordered is None or ordered.delaySeconds is None:
        return usual
    return ordered.delaySeconds
