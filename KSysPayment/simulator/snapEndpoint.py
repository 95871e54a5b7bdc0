"""Carries the merchant's calls from HTTP to the desk and back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from KSysPayment.simulator.clock import BankClock, toBodyTime
from KSysPayment.simulator.hangUpProtocol import HANG_UP
from KSysPayment.simulator.snap.incomingCall import IncomingCall
from KSysPayment.simulator.snap.snapDesk import SnapDesk


class SnapEndpoint:
    """An ASGI application for every path that is not the simulator's own."""

    def __init__(self, desk: SnapDesk, clock: BankClock) -> None:
        self._desk = desk
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hang up."""
        request = Request(scope, receive)
        call = IncomingCall(
            method=request.method,
            path=scope["raw_path"].decode("latin-1"),
            headers=dict(request.headers),
            body=await request.body(),
        )
        reply = await self._desk.answer(call, toUrl(request, call.path))
        if reply.isHangUp:
            await hangUp(scope, receive)
            return
        headers = {"X-TIMESTAMP": toBodyTime(self._clock.now())}
        response = Response(reply.body, status_code=reply.status, media_type=reply.contentType, headers=headers)
        await response(scope, receive, send)


def toUrl(request: Request, path: str) -> str:
    """The address as the caller wrote it, for the log; a Host header may be any text."""
    query = request.scope["query_string"].decode("latin-1")
    return f"http://{request.headers.get('host', '')}{path}{'?' if query else ''}{query}"


async def hangUp(scope: Scope, receive: Receive) -> None:
    """Close the socket and wait until the server has noticed, so that it sends nothing of its own."""
    scope["extensions"][HANG_UP]["abort"]()
    while (await receive())["type"] != "http.disconnect":
        pass
