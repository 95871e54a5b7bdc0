from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALLOWED_METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
ALLOWED_HEADERS: Final = "Authorization, Content-Type, Idempotency-Key, X-CSRF-Token, X-Request-ID"
EXPOSED_HEADERS: Final = "Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
PREFLIGHT_SECONDS: Final = "5"


class CorsMiddleware:
    """
    CORS (Fetch standard) for the origins that are allowed *now*; pure ASGI.

    Starlette's own takes its origins once, at start. Preflight answers live five seconds in browsers, so that
    an origin that was taken away is out soon.
    """

    def __init__(self, app: ASGIApp, allowedOrigins: Callable[[], Collection[str]]) -> None:
        self._app, self._allowedOrigins = app, allowedOrigins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin") if scope["type"] == "http" else None
        if origin is None:
            await self._app(scope, receive, send)
            return
        isAllowed = origin in self._allowedOrigins()
        if _isPreflight(scope):
            await _preflightAnswer(origin, isAllowed)(scope, receive, send)
            return
        await self._app(scope, receive, _withCors(send, origin, isAllowed))


def _isPreflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope)


def _preflightAnswer(origin: str, isAllowed: bool) -> Response:
    if not isAllowed:
        return Response(status_code=403, headers={"Vary": "Origin"})
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Allow-Methods": ALLOWED_METHODS,
            "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            "Access-Control-Max-Age": PREFLIGHT_SECONDS,
            "Vary": "Origin",
        },
    )


def _withCors(send: Send, origin: str, isAllowed: bool) -> Send:
    async def sendWithCors(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.add_vary_header("Origin")
            if isAllowed:
                headers["Access-Control-Allow-Origin"] = origin
                headers["Access-Control-Allow-Credentials"] = "true"
                headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        await send(message)

    return sendWithCors
