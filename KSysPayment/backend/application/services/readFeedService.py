from __future__ import annotations

from typing import Final

from KSysPayment.backend.application.output.feedOutput import EventOutput, FeedOutput
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from shared.backend.utils.paging import decodePosition, encodePosition

BATCH: Final = 500


class ReadFeedService:
    """Everything that happened to an owner's payments, in commit order, nothing missed."""

    def __init__(self, openWork: OpenPaymentWork) -> None:
        self._openWork = openWork

    async def execute(self, after: str | None, limit: int, actor: Actor) -> FeedOutput:
        position = decodePosition(after)
        async with self._openWork() as work:
            await work.events.placeWaiting(BATCH)
            await work.commit()
        async with self._openWork() as work:
            events = await work.events.readAfter(actor.userId, position, limit)
        cursor = encodePosition(events[-1].feedPosition or 0) if events else after
        return FeedOutput(items=[EventOutput.fromEvent(event) for event in events], nextCursor=cursor)
