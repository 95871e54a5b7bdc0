from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Path, Response
from fastapi.responses import StreamingResponse
from pydantic import JsonValue

from KSysPayment.backend.application.output.paymentOutput import CheckoutOutput
from KSysPayment.backend.application.output.streamStateOutput import StreamStateOutput
from KSysPayment.backend.domain.exceptions.paymentErrors import CheckoutNotFoundError, TooManyListenersError
from KSysPayment.backend.infrastructure.http.dependencies import UseCasesDep, openToAll
from KSysPayment.backend.infrastructure.http.eventStream import streamStatus
from KSysPayment.backend.infrastructure.http.paymentRouter import EVENT_STREAM
from shared.backend.exceptions.problems import problemsOf

_SHOWN: Final = ("reference", "status", "amount", "received", "paidAt")

CheckoutToken = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]{16,64}$", description="The last part of the checkout link; it is the only key")
]

checkoutRouter = APIRouter(prefix="/api/payment/checkouts", tags=["checkout"])


@checkoutRouter.get(
    "/{token}",
    summary="What the payer's page shows",
    description=(
        "Needs no session: who has the address of the page may see it. Holds nothing about the merchant's account."
    ),
    dependencies=[openToAll],
    responses=problemsOf(CheckoutNotFoundError),
)
async def getCheckout(token: CheckoutToken, useCases: UseCasesDep) -> CheckoutOutput:
    return await useCases.getCheckout.execute(token)


@checkoutRouter.get(
    "/{token}/events",
    summary="The payer's page turns to paid by itself",
    description=(
        "Server-Sent Events: `payment.status` with the present state first, then each change. Needs no session."
    ),
    response_class=StreamingResponse,
    dependencies=[openToAll],
    responses={**EVENT_STREAM, **problemsOf(CheckoutNotFoundError, TooManyListenersError)},
)
async def streamCheckoutEvents(token: CheckoutToken, useCases: UseCasesDep) -> Response:
    async def readState() -> StreamStateOutput:
        return await useCases.readCheckoutState.execute(token)

    return await streamStatus(useCases.eventHub, readState, _shown)


def _shown(payload: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """A payer sees neither ids nor what else the merchant knows."""
    return {name: payload.get(name) for name in _SHOWN}
