from __future__ import annotations

from KSysAdmin.backend.application.output.penaltyBoxOutput import PenaltyBoxOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork


class ShowPenaltyBoxService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self) -> PenaltyBoxOutput:
        async with self._openWork() as work:
            return PenaltyBoxOutput.of(await work.penaltyBox.get())
