from __future__ import annotations

from typing import Final

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.policies.defencePolicies import DefencePolicies
from shared.backend.utils.clock import ClockInterface

_BATCH: Final = 1000


class ForgetCountsService:
    """Forgets failures, spent proofs and devices that no longer count."""

    def __init__(self, openWork: OpenAuthWork, policies: DefencePolicies, clock: ClockInterface) -> None:
        self._openWork, self._policies, self._clock = openWork, policies, clock

    async def execute(self) -> int:
        """How many rows went; more may be left when it is not 0."""
        now = self._clock.now()
        async with self._openWork() as work:
            counters = await work.counters.removeOlder(now - self._policies.counters.longestMemory(), _BATCH)
            slots = await work.pressure.removeOlder(self._policies.guard.pressure.todaySince(now))
            proofs = await work.spentProofs.removeExpiredBefore(now, _BATCH)
            devices = await work.devices.removeExpiredBefore(now, _BATCH)
            await work.commit()
        return counters + slots + proofs + devices
