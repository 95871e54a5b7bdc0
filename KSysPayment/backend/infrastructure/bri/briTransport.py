from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import httpx

from KSysPayment.backend.domain.interfaces.bankCallLogInterface import BankCallLogInterface
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import ExternalId
from KSysPayment.backend.domain.models.bankCall import BankCall, CallOutcome
from KSysPayment.backend.infrastructure.bri.briOptions import BriOptions, Operation
from KSysPayment.backend.infrastructure.bri.jsonBody import JsonObject, readObject, storableText, textOf
from KSysPayment.backend.infrastructure.bri.responseTable import TOKEN_REFUSED, caseOf, isCoherent, outcomeOf
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId
from shared.backend.utils.valueObject import ValueObject

MAX_KEPT_CHARACTERS: Final = 16_000
_SECRET_HEADERS: Final = frozenset({"authorization", "x-signature", "x-client-key"})
_TOKEN: Final = re.compile(rb'(access_?token"\s*:\s*")[^"]*', re.IGNORECASE)

logger = SystemLogger("payment")


class BriRequest(ValueObject):
    """One request, signed, ready to leave."""

    operation: Operation
    headers: Mapping[str, str]
    body: bytes
    attemptId: UUID | None = None
    externalId: ExternalId | None = None
    timeoutSeconds: int


@dataclass(frozen=True)
class BriReply:
    """What came back; without a readable body no `content`, without a code of this operation no `case`."""

    status: int = 0
    outcome: CallOutcome = CallOutcome.UNKNOWN
    code: str = ""
    message: str = ""
    case: str = ""
    content: JsonObject = field(default_factory=dict)
    failure: str | None = None
    isTokenRefused: bool = False


class BriTransport:
    """Sends bytes and reads the answer within its time; never raises for the network, writes every call down."""

    def __init__(
        self, http: httpx.AsyncClient, options: BriOptions, log: BankCallLogInterface, clock: ClockInterface
    ) -> None:
        self._http, self._options, self._log, self._clock = http, options, log, clock

    async def send(self, request: BriRequest) -> BriReply:
        startedAt, begun = self._clock.now(), time.monotonic_ns()
        raw, reply = await self._exchange(request)
        latencyMs = (time.monotonic_ns() - begun) // 1_000_000
        await self._log.append(
            BankCall(
                id=generateId(),
                bankAccount=self._options.bankAccount,
                attemptId=request.attemptId,
                operation=request.operation.name,
                httpMethod=request.operation.method,
                path=self._options.pathOf(request.operation),
                externalDay=request.externalId.day if request.externalId else None,
                externalId=request.externalId.value if request.externalId else None,
                requestHeaders=maskHeaders(request.headers),
                requestBody=request.body.decode()[:MAX_KEPT_CHARACTERS],
                responseStatus=reply.status or None,
                responseBody=_keepable(raw),
                responseCode=reply.code[:16] or None,
                outcome=reply.outcome,
                failure=reply.failure,
                startedAt=startedAt,
                latencyMs=latencyMs,
            )
        )
        logger.performance.info(
            "bank.called",
            request.operation.name,
            outcome=reply.outcome.value,
            responseCode=reply.code,
            latencyMs=latencyMs,
            failure=reply.failure,
        )
        return reply

    async def _exchange(self, request: BriRequest) -> tuple[bytes, BriReply]:
        url = self._options.baseUrl.rstrip("/") + self._options.pathOf(request.operation)
        try:
            async with asyncio.timeout(request.timeoutSeconds):
                response = await self._http.request(
                    request.operation.method, url, content=request.body, headers=dict(request.headers)
                )
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            return b"", BriReply(failure=type(error).__name__)
        return response.content, readReply(response.status_code, response.content, request.operation)


def readReply(status: int, raw: bytes, operation: Operation) -> BriReply:
    """The answer in these bytes; one that is no JSON object, or none of this operation's codes, is `unknown`."""
    content = readObject(raw)
    if content is None:
        return BriReply(status=status, failure="the answer is not a JSON object")
    code = textOf(content, "responseCode")
    return BriReply(
        status=status,
        outcome=outcomeOf(status, code, operation.serviceCode),
        code=storableText(code),
        message=storableText(textOf(content, "responseMessage"))[:255],
        case=caseOf(code) if isCoherent(status, code, operation.serviceCode) else "",
        content=content,
        isTokenRefused=status == httpx.codes.UNAUTHORIZED and caseOf(code) in TOKEN_REFUSED,
    )


def maskHeaders(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: "***" if name.lower() in _SECRET_HEADERS else value for name, value in headers.items()}


def _keepable(raw: bytes) -> str:
    """The answer without its token, whatever shape it came in."""
    return _TOKEN.sub(rb"\1***", raw).decode("utf-8", "replace").replace("\x00", "\ufffd")[:MAX_KEPT_CHARACTERS]
