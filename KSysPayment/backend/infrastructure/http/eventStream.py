from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final

from fastapi.responses import StreamingResponse
from pydantic import JsonValue

from KSysPayment.backend.application.output.streamStateOutput import StreamStateOutput
from KSysPayment.backend.infrastructure.events.paymentEventHub import PaymentEventHub, Queue

HEARTBEAT_SECONDS: Final = 15
LONGEST_SECONDS: Final = 600
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

ReadState = Callable[[], Awaitable[StreamStateOutput]]
Shape = Callable[[Mapping[str, JsonValue]], Mapping[str, JsonValue]]


async def streamStatus(hub: PaymentEventHub, readState: ReadState, shape: Shape) -> StreamingResponse:
    """
    `payment.status` with the state as it is, then again whenever it changes; a comment every fifteen seconds.

    The stream ends by itself after ten minutes; browsers reconnect and begin with the state again.
    """
    listening = hub.listen((await readState()).paymentId)
    queue = await listening.__aenter__()
    try:
        current = await readState()
    except BaseException:
        await listening.__aexit__(None, None, None)
        raise

    async def generate() -> AsyncIterator[str]:
        try:
            async for text in _frames(current, queue, shape):
                yield text
        finally:
            await listening.__aexit__(None, None, None)

    return StreamingResponse(generate(), media_type="text/event-stream", headers=HEADERS)


async def _frames(current: StreamStateOutput, queue: Queue, shape: Shape) -> AsyncIterator[str]:
    yield "retry: 2000\n\n" + _frame(current.data)
    endsAt = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < endsAt:
        try:
            payload = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
        except TimeoutError:
            yield ": still here\n\n"
            continue
        if _sequenceOf(payload) > current.sequence:
            yield _frame(shape(payload))


def _sequenceOf(payload: Mapping[str, JsonValue]) -> int:
    """The feed may still be telling what the first frame already contained."""
    sequence = payload.get("sequence")
    return sequence if isinstance(sequence, int) else 0


def _frame(data: Mapping[str, JsonValue]) -> str:
    return f"event: payment.status\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
