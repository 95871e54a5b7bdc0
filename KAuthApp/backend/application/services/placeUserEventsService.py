from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork

BATCH: Final = 500


class PlaceUserEventsService:
    """Gives committed events their place in the feed, so that whoever follows it has little to place."""

    def __init__(self, openWork: OpenAuthWork) -> None:
        self._openWork = openWork

    async def execute(self, _: Mapping[str, JsonValue]) -> None:
        async with self._openWork() as work:
            await work.userEvents.placeWaiting(BATCH)
            await work.commit()
