from __future__ import annotations

from KSysAdmin.backend.application.output.settingOutput import SettingChangeOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.settingCatalogue import settingNamed
from shared.backend.utils.paging import Page, PageInput


class ShowSettingHistoryService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, key: str, page: PageInput) -> Page[SettingChangeOutput]:
        settingNamed(key)
        async with self._openWork() as work:
            changes = await work.settings.history(key, page)
        return Page[SettingChangeOutput](
            items=[SettingChangeOutput.of(change) for change in changes.items], nextCursor=changes.nextCursor
        )
