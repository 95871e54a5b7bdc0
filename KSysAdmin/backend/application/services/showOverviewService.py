from __future__ import annotations

from KSysAdmin.backend.application.output.overviewOutput import OverviewOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from shared.backend.utils.clock import ClockInterface


class ShowOverviewService:
    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self) -> OverviewOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            overview = await work.stats.overview(at)
        return OverviewOutput.of(overview, at)
