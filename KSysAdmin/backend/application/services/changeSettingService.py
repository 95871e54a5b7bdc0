from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from KSysAdmin.backend.application.input.settingInput import ChangeSettingInput
from KSysAdmin.backend.application.output.settingOutput import SettingOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.interfaces.publisherInterface import PublisherInterface
from KSysAdmin.backend.domain.models.publication import PublicationName
from KSysAdmin.backend.domain.models.setting import Setting, SettingHistory
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.settingCatalogue import settingNamed, settingsDocument
from shared.backend.utils.clock import ClockInterface


class ChangeSettingService:
    """Changes one setting and publishes all of them: both servers follow within a second."""

    def __init__(self, openWork: OpenAdminWork, publisher: PublisherInterface, clock: ClockInterface) -> None:
        self._openWork, self._publisher, self._clock = openWork, publisher, clock

    async def execute(self, key: str, asked: ChangeSettingInput, actor: AdminActor) -> SettingOutput:
        definition = settingNamed(key)
        value = definition.accept(asked.value)
        at = self._clock.now()
        async with self._openWork() as work:
            publication = await work.publications.lock(PublicationName.SETTINGS)
            stored = await work.settings.findByKey(key)
            before = definition.default if stored is None else stored.value
            setting = await _store(work, stored, key, before, value, actor, at)
            publication.advance()
            values = {name: each.value for name, each in (await work.settings.listAll()).items()}
            change = changeBy(
                actor.administratorId, "setting.changed", ("setting", key), at, {"value": before}, {"value": value}
            )
            await work.audit.append(change)
            await work.commit()

        await self._publisher.publishOrLeave(PublicationName.SETTINGS, publication.version, settingsDocument(values))
        return SettingOutput.of(definition, setting)


async def _store(
    work: AdminUnitOfWorkInterface,
    stored: Setting | None,
    key: str,
    before: JsonValue,
    value: JsonValue,
    actor: AdminActor,
    at: datetime,
) -> Setting:
    setting = stored or Setting(key=key, value=value, updatedAt=at, updatedBy=actor.administratorId)
    setting.change(value, actor.administratorId, at)
    await work.settings.store(setting, SettingHistory.record(key, before, value, actor.administratorId, at))
    return setting
