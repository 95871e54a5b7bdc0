from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Annotated, Final

from fastapi import Depends, Request

from shared.backend.utils.uuid import generateId
from shared.backend.utils.valueObject import ValueObject

REQUEST_ID_HEADER: Final = "X-Request-ID"
_WELL_FORMED_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,128}")


class RequestContext(ValueObject):
    """What is known of a request besides its content; `clientIp` is the address the gateway vouches for."""

    requestId: str
    clientIp: str
    userAgent: str = ""


currentRequest: ContextVar[RequestContext | None] = ContextVar("currentRequest", default=None)


def acceptRequestId(offered: str | None) -> str:
    """The offered id when it is well-formed (apiContract 1), else a new UUIDv7."""
    if offered is not None and _WELL_FORMED_ID.fullmatch(offered):
        return offered
    return str(generateId())


def requestIdOf(request: Request) -> str:
    context = request.scope.get("requestContext")
    return context.requestId if isinstance(context, RequestContext) else str(generateId())


async def provideRequestContext(request: Request) -> RequestContext:
    context = request.scope.get("requestContext")
    if isinstance(context, RequestContext):
        return context
    return RequestContext(requestId=str(generateId()), clientIp="")


RequestContextDep = Annotated[RequestContext, Depends(provideRequestContext)]
