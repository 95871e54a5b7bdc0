from __future__ import annotations

from datetime import timedelta
from typing import Final

from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from shared.backend.utils.clock import ClockInterface

BATCH: Final = 1_000
KEPT_KEYS: Final = timedelta(days=40)


class RemoveExpiredService:
    """Forget tokens of the bank that ran out, and answers of keys no client may still send."""

    def __init__(self, openWork: OpenPaymentWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self) -> int:
        now = self._clock.now()
        async with self._openWork() as work:
            tokens = await work.inboundTokens.deleteExpired(now, BATCH)
            keys = await work.idempotencyKeys.deleteOlderThan(now - KEPT_KEYS, BATCH)
            await work.commit()
        return tokens + keys
