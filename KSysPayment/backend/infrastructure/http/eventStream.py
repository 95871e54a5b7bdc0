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
AskAgain = Callable[[], Awaitable[None]]
Shape = Callable[[Mapping[str, JsonValue]], Mapping[str, JsonValue]]


async def anybody() -> None:
    """Who knows the link may go on listening."""


async def streamStatus(
    hub: PaymentEventHub, readState: ReadState, shape: Shape, askAgain: AskAgain = anybody
) -> StreamingResponse:
    """
    `payment.status` with the state as it is, then again whenever it changes; a comment every fifteen seconds.

    The stream ends by itself after ten minutes; browsers reconnect and begin with the state again. `askAgain` raises
    when the listener may listen no more: it is asked before each line, so a revoked credential hears nothing.
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
            async for text in _frames(current, queue, shape, askAgain):
                yield text
        finally:
            await listening.__aexit__(None, None, None)

    return StreamingResponse(generate(), media_type="text/event-stream", headers=HEADERS)


async def _frames(current: StreamStateOutput, queue: Queue, shape: Shape, askAgain: AskAgain) -> AsyncIterator[str]:
    yield "retry: 2000\n\n" + _frame(current.data)
    endsAt = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < endsAt:
        payload = await _nextOrNothing(queue)
        if not await _mayGoOn(askAgain):
            return
        if payload is None:
            yield ": still here\n\n"
        elif _sequenceOf(payload) > current.sequence:
            yield _frame(shape(payload))


async def _nextOrNothing(queue: Queue) -> Mapping[str, JsonValue] | None:
    """What happened, or None when nothing did for the length of a heartbeat."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            return await queue.get()
    except TimeoutError:
        return None


async def _mayGoOn(askAgain: AskAgain) -> bool:
    try:
        await askAgain()
    except Exception:  # noqa: BLE001 - also who cannot be asked now: browsers reconnect and get an answer
        return False
    return True


def _sequenceOf(payload: Mapping[str, JsonValue]) -> int:
    """The feed may still be telling what the first frame already contained."""
    sequence = payload.get("sequence")
    return sequence if isinstance(sequence, int) else 0


def _frame(data: Mapping[str, JsonValue]) -> str:
    return f"event: payment.status\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
