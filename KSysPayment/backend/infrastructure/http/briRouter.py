from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from KSysPayment.backend.application.output.answerOutput import SnapAnswerOutput
from KSysPayment.backend.domain.exceptions.snapErrors import BAD_REQUEST, GENERAL_ERROR, SnapCase, SnapRefusedError
from KSysPayment.backend.domain.interfaces.inboundCallInterface import InboundCall
from KSysPayment.backend.infrastructure.http.dependencies import UseCasesDep, openToTheBank
from shared.backend.loggingFactory import SystemLogger

MAX_BODY_BYTES: Final = 64 * 1024
TOKEN_SERVICE: Final = "73"  # noqa: S105 - the number of a SNAP service
NOTIFY_SERVICE: Final = "34"

Handle = Callable[[InboundCall], Awaitable[SnapAnswerOutput]]

logger = SystemLogger("payment")


def _snapSchema(description: str) -> dict[str, object]:
    schema = {
        "type": "object",
        "required": ["responseCode", "responseMessage"],
        "properties": {
            "responseCode": {"type": "string", "pattern": "^[0-9]{7}$"},
            "responseMessage": {"type": "string", "maxLength": 150},
        },
    }
    return {"description": description, "content": {"application/json": {"schema": schema}}}


SNAP_RESPONSES: Final[dict[int | str, dict[str, object]]] = {
    200: _snapSchema("Successful"),
    400: _snapSchema("Bad Request, Invalid Field Format, Invalid Mandatory Field"),
    401: _snapSchema("Unauthorized, Invalid Token (B2B)"),
    404: _snapSchema("Partner Not Found"),
    500: _snapSchema("General Error"),
}

briRouter = APIRouter(prefix="/api/payment/bri", tags=["bank"])


@briRouter.post(
    "/snap/v1.0/access-token/b2b",
    summary="The bank asks for a token (SNAP 73)",
    description=(
        "SNAP BI: RSA signature over `X-CLIENT-KEY|X-TIMESTAMP`. The token lives 900 seconds. Answers are SNAP bodies."
    ),
    dependencies=[openToTheBank],
    responses=SNAP_RESPONSES,
    response_model=None,
)
async def issueAccessToken(request: Request, useCases: UseCasesDep) -> JSONResponse:
    return await _answer(request, TOKEN_SERVICE, useCases.issueInboundToken.execute)


@briRouter.post(
    "/snap/v1.0/transfer-va/notify-payment-intrabank",
    summary="The bank says that a virtual account was paid (SNAP 34)",
    description=(
        "SNAP BI: HMAC-SHA512 over the body as received. Kept first, booked afterwards; the same "
        "notification twice is one receipt. Answers are SNAP bodies."
    ),
    dependencies=[openToTheBank],
    responses=SNAP_RESPONSES,
    response_model=None,
)
async def acceptNotification(request: Request, useCases: UseCasesDep) -> JSONResponse:
    return await _answer(request, NOTIFY_SERVICE, useCases.acceptNotification.execute)


async def _answer(request: Request, service: str, handle: Handle) -> JSONResponse:
    """Whatever happens, the bank gets a SNAP body."""
    try:
        answer = await handle(await _readCall(request))
    except SnapRefusedError as refusal:
        logger.security.warning("bank.refused", refusal.message, path=request.url.path)
        return _refusal(refusal.case, refusal.message, service)
    except Exception as error:  # noqa: BLE001 - the bank reads no problem documents
        logger.error.error("bank.callFailed", "an inbound call failed", exception=error)
        return _refusal(GENERAL_ERROR, GENERAL_ERROR.message, service)
    return JSONResponse(dict(answer.body), answer.status)


async def _readCall(request: Request) -> InboundCall:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise SnapRefusedError(BAD_REQUEST, "Body too large")
    return InboundCall(
        method=request.method,
        path=request.url.path,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=bytes(body),
    )


def _refusal(case: SnapCase, message: str, service: str) -> JSONResponse:
    code = f"{case.status}{service}{case.case}"
    return JSONResponse({"responseCode": code, "responseMessage": message[:150]}, case.status)
