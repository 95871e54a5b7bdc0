from __future__ import annotations

from typing import Final

from KSysPayment.backend.application.output.feedOutput import EventOutput, FeedOutput
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from shared.backend.utils.paging import InvalidCursorError, decodeCursor, encodeCursor

BATCH: Final = 500
LARGEST_POSITION: Final = (1 << 63) - 1


class ReadFeedService:
    """Everything that happened to an owner's payments, in commit order, nothing missed."""

    def __init__(self, openWork: OpenPaymentWork) -> None:
        self._openWork = openWork

    async def execute(self, after: str | None, limit: int, actor: Actor) -> FeedOutput:
        position = _positionOf(after)
        async with self._openWork() as work:
            await work.events.placeWaiting(BATCH)
            await work.commit()
        async with self._openWork() as work:
            events = await work.events.readAfter(actor.userId, position, limit)
        cursor = encodeCursor([str(events[-1].feedPosition)]) if events else after
        return FeedOutput(items=[EventOutput.fromEvent(event) for event in events], nextCursor=cursor)


def _positionOf(after: str | None) -> int:
    if after is None:
        return 0
    (text,) = decodeCursor(after, 1)
    if not (text.isascii() and text.isdecimal()) or len(text) > 19 or int(text) > LARGEST_POSITION:
        raise InvalidCursorError("the cursor cannot be read")
    return int(text)
