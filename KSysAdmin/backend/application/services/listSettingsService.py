from __future__ import annotations

from KSysAdmin.backend.application.output.settingOutput import SettingOutput, SettingsOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.settingCatalogue import SETTINGS


class ListSettingsService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self) -> SettingsOutput:
        async with self._openWork() as work:
            stored = await work.settings.listAll()
        return SettingsOutput(
            items=[SettingOutput.of(definition, stored.get(key)) for key, definition in SETTINGS.items()]
        )
