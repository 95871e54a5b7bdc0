from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.backend.exceptions.problems import failureResponse
from shared.backend.http.requestContext import REQUEST_ID_HEADER, RequestContext, acceptRequestId, currentRequest
from shared.backend.loggingFactory import SystemLogger

CLIENT_ADDRESS_HEADER: Final = "X-K-Client-Address"
GATEWAY_SECRET_HEADER: Final = "X-K-Gateway-Secret"  # noqa: S105 - the name of a header
FORWARDING_HEADERS: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
USER_AGENT_HEADER: Final = "User-Agent"
_KNOWN_HEADERS: Final = {
    name.lower().encode(): name
    for name in (
        REQUEST_ID_HEADER, CLIENT_ADDRESS_HEADER, GATEWAY_SECRET_HEADER, USER_AGENT_HEADER, *FORWARDING_HEADERS
    )
}  # fmt: skip
UNKNOWN_ADDRESS: Final = "unknown"
MAX_USER_AGENT: Final = 512
SLOW_REQUEST_MS: Final = 1000.0

logger = SystemLogger("platform")


class RequestContextMiddleware:
    """
    Outermost (pure ASGI): request id in and out, the client's address, failures turned into problems. Answers about
    people, money and secrets stay out of caches: all do that do not say otherwise.

    The client address counts only with the gateway's secret; without it the peer is the client.
    """

    def __init__(self, app: ASGIApp, gatewaySecret: Callable[[], str]) -> None:
        self._app, self._gatewaySecret = app, gatewaySecret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = self._contextOf(scope)
        scope["requestContext"] = context
        token = currentRequest.set(context)
        exchange = _Exchange(send, context.requestId)
        startedAt = time.perf_counter()
        try:
            await self._app(scope, receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - the last line: nothing may leave without a problem document
            await self._answerFailure(error, exchange, scope, receive)
        finally:
            self._reportSlow(scope, (time.perf_counter() - startedAt) * 1000, exchange)
            currentRequest.reset(token)

    async def _answerFailure(self, error: Exception, exchange: _Exchange, scope: Scope, receive: Receive) -> None:
        response = failureResponse(Request(scope), error)
        if exchange.started:
            raise error
        await response(scope, receive, exchange.send)

    def _contextOf(self, scope: Scope) -> RequestContext:
        headers = _knownHeaders(scope)
        secret = self._gatewaySecret()
        offered = headers.get(GATEWAY_SECRET_HEADER, "")
        isGateway = secret != "" and hmac.compare_digest(secret.encode(), offered.encode())
        return RequestContext(
            requestId=acceptRequestId(headers.get(REQUEST_ID_HEADER)),
            clientIp=headers.get(CLIENT_ADDRESS_HEADER, UNKNOWN_ADDRESS) if isGateway else _peerOf(scope, headers),
            userAgent=headers.get(USER_AGENT_HEADER, "")[:MAX_USER_AGENT],
        )

    def _reportSlow(self, scope: Scope, milliseconds: float, exchange: _Exchange) -> None:
        if milliseconds < SLOW_REQUEST_MS or exchange.isStream:
            return
        logger.performance.warning(
            "request.slow", "a request took long", path=scope["path"], durationMs=round(milliseconds, 1)
        )


def _knownHeaders(scope: Scope) -> dict[str, str]:
    """The headers that matter here, read in one pass; of one sent twice the first counts."""
    raw = reversed(scope["headers"])
    return {_KNOWN_HEADERS[name]: value.decode("latin-1") for name, value in raw if name in _KNOWN_HEADERS}


def _peerOf(scope: Scope, headers: Mapping[str, str]) -> str:
    # uvicorn's default believes X-Forwarded-For from this machine and has put it in scope["client"] by now.
    client = scope.get("client")
    isForgeable = any(name in headers for name in FORWARDING_HEADERS)
    return UNKNOWN_ADDRESS if client is None or isForgeable else str(client[0])


class _Exchange:
    """Adds the request's id to the answer, keeps it out of caches unless it says otherwise, and knows it has begun."""

    def __init__(self, send: Send, requestId: str) -> None:
        self._send, self._requestId = send, requestId
        self.started = False
        self.isStream = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            said = dict(message["headers"])
            self.isStream = said.get(b"content-type", b"").startswith(b"text/event-stream")
            added = [(b"x-request-id", self._requestId.encode())]
            if b"cache-control" not in said:
                added.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*message["headers"], *added]}
        await self._send(message)
