from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.backend.utils.apiModel import InputModel

RoleName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9._-]*$")]


class SuspendUserInput(InputModel):
    reason: str = Field(min_length=3, max_length=500, examples=["Chargeback fraud, case 2031"])


class ResetUserFactorsInput(InputModel):
    reason: str = Field(min_length=3, max_length=500, examples=["Lost the phone; identity shown in person, case 2044"])


class ChangeUserRolesInput(InputModel):
    roles: list[RoleName] = Field(max_length=20, examples=[["merchant"]])
