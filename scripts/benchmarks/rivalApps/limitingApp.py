"""
An application that does itself what the gateway does before it: who is it (a copy in Redis), and may they (limits).

`limits.aio` with its moving window (exact, as the gateway is), redis-py with hiredis. `/api/admin/app/free` and
`/api/admin/app/byGateway` leave both to whoever is in front.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, HTTPException, Response
from limits import parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis

ANSWER = {"id": "0192", "status": "paid", "amount": "150000.00"}
PLENTY, NOTHING = parse("1000000/day"), parse("1/day")

redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
limiter = MovingWindowRateLimiter(RedisStorage("async+" + os.environ["REDIS_URL"], implementation="redispy"))
app = FastAPI()


async def identify(kAdminSession: Annotated[str, Cookie()]) -> str:
    text = await redis.get(f"kadmin:session:{hashlib.sha256(kAdminSession.encode()).hexdigest()}")
    if text is None:
        raise HTTPException(401)
    return str(json.loads(text)["userId"])


UserDep = Annotated[str, Depends(identify)]


async def admit(user: UserDep, response: Response) -> None:
    if not await limiter.hit(PLENTY, user):
        raise HTTPException(429, headers={"Retry-After": "60"})
    response.headers["RateLimit-Policy"] = '"app";q=1000000;w=86400'


async def refuse(user: UserDep) -> None:
    if not await limiter.hit(NOTHING, "refused", user):
        raise HTTPException(429, headers={"Retry-After": "60"})


@app.get("/api/admin/app/free")
@app.get("/api/admin/app/byGateway")
async def answerFree() -> dict[str, str]:
    return ANSWER


@app.get("/api/admin/app/limited", dependencies=[Depends(admit)])
async def answerLimited() -> dict[str, str]:
    return ANSWER


@app.get("/api/admin/app/refused", dependencies=[Depends(refuse)])
async def answerRefused() -> dict[str, str]:
    return ANSWER
