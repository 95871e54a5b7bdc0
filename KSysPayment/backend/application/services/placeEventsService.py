from __future__ import annotations

from typing import Final

from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork

BATCH: Final = 500


class PlaceEventsService:
    """Give committed events their place in the feed."""

    def __init__(self, openWork: OpenPaymentWork) -> None:
        self._openWork = openWork

    async def execute(self) -> int:
        async with self._openWork() as work:
            placed = await work.events.placeWaiting(BATCH)
            await work.commit()
        return placed
