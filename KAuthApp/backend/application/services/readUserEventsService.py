from __future__ import annotations

from typing import Final

from KAuthApp.backend.application.output.userFeedOutput import UserFeedOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from shared.backend.utils.paging import decodePosition

BATCH: Final = 500


class ReadUserEventsService:
    """What changed of every user, in commit order, nothing missed: for the services in this server."""

    def __init__(self, openWork: OpenAuthWork) -> None:
        self._openWork = openWork

    async def execute(self, after: str | None, limit: int) -> UserFeedOutput:
        """`after` is the `nextCursor` of the answer before; follow it for ever."""
        position = decodePosition(after)
        async with self._openWork() as work:
            await work.userEvents.placeWaiting(BATCH)
            await work.commit()
        async with self._openWork() as work:
            events = await work.userEvents.readAfter(position, limit)
        return UserFeedOutput.of(events, after)
