"""
slowapi as its documentation sets it up, with Redis; what limits is its default (a fixed window).

Runs in an environment of its own (scripts/benchmarks/gatewayRivals.py), under uvicorn with uvloop and httptools.
`/free` is the same route without a limit: what limiting costs is the difference.
"""

from __future__ import annotations

import os

from fastapi import FastAPI, Request
from slowapi import Limiter, _rate_limit_exceeded_handler
from slowapi.errors import RateLimitExceeded
from slowapi.util import get_remote_address

ANSWER = {"id": "0192", "status": "paid", "amount": "150000.00"}

limiter = Limiter(key_func=get_remote_address, storage_uri=os.environ["REDIS_URL"])
app = FastAPI()
app.state.limiter = limiter
app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)


@app.get("/free")
async def answerFree() -> dict[str, str]:
    return ANSWER


@app.get("/limited")
@limiter.limit("1000000000/day")
async def answerLimited(request: Request) -> dict[str, str]:
    return ANSWER


@app.get("/refused")
@limiter.limit("1/day")
async def answerRefused(request: Request) -> dict[str, str]:
    return ANSWER
