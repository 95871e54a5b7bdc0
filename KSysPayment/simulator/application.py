"""The program as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from KSysPayment.simulator.bank import Bank
from KSysPayment.simulator.control.controlRouter import controlRouter, healthRouter
from KSysPayment.simulator.merchant.payErrors import PayRefusedError
from KSysPayment.simulator.snapEndpoint import SnapEndpoint


class SimulatorState(TypedDict):
    """What requests find in their state."""

    bank: Bank


def createApplication(bank: Bank) -> FastAPI:
    """The control interface under /simulator, the bank's SNAP interface everywhere else."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[SimulatorState]:
        bank.settleOpenDebits()
        yield {"bank": bank}
        await bank.close()

    application = FastAPI(
        title="BRI simulator",
        docs_url="/simulator/docs",
        openapi_url="/simulator/openapi.json",
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    application.add_exception_handler(PayRefusedError, answerPayRefused)
    application.include_router(healthRouter)
    application.include_router(controlRouter)
    application.mount("/", SnapEndpoint(bank.desk, bank.clock))
    return application


async def answerPayRefused(_: Request, error: Exception) -> JSONResponse:
    """A refused payer gets the reason."""
    if not isinstance(error, PayRefusedError):
        raise error
    return JSONResponse({"code": error.code, "detail": str(error)}, status_code=error.status)
