from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from KSysAdmin.backend.application.input.settingInput import ChangeSettingInput
from KSysAdmin.backend.application.output.settingOutput import SettingChangeOutput, SettingOutput, SettingsOutput
from KSysAdmin.backend.domain.exceptions.settingErrors import SettingInvalidError, SettingNotFoundError
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.http.authorization import (
    FRESH_REFUSALS,
    REFUSALS,
    ActorDep,
    UseCasesDep,
    requires,
)
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import InvalidCursorError, Page

settingRouter = APIRouter(prefix="/api/admin/settings", tags=["settings"])

KeyPath = Annotated[str, Path(max_length=100, examples=["cors.allowedOrigins"])]


@settingRouter.get(
    "",
    summary="List every setting as it is in force",
    description="Each with its type, its value and its default.",
    dependencies=[requires(Permission.SETTING_READ)],
    responses=problemsOf(*REFUSALS),
)
async def listSettings(useCases: UseCasesDep) -> SettingsOutput:
    return await useCases.listSettings.execute()


@settingRouter.put(
    "/{key}",
    summary="Change a setting; both servers follow within a second",
    description=(
        "The value is checked against the setting's type; the change is kept in its history and in the audit log."
    ),
    dependencies=[requires(Permission.SETTING_WRITE, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, SettingNotFoundError, SettingInvalidError),
)
async def changeSetting(
    key: KeyPath, asked: ChangeSettingInput, actor: ActorDep, useCases: UseCasesDep
) -> SettingOutput:
    return await useCases.changeSetting.execute(key, asked, actor)


@settingRouter.get(
    "/{key}/history",
    summary="Every change of a setting, newest first",
    description="Old value, new value, who and when.",
    dependencies=[requires(Permission.SETTING_READ)],
    responses=problemsOf(*REFUSALS, SettingNotFoundError, InvalidCursorError),
)
async def showSettingHistory(key: KeyPath, page: PageDep, useCases: UseCasesDep) -> Page[SettingChangeOutput]:
    return await useCases.showSettingHistory.execute(key, page)
