from __future__ import annotations

from pydantic import Field

from KSysAdmin.backend.domain.policies.permission import Permission
from shared.backend.utils.apiModel import InputModel


class RoleInput(InputModel):
    name: str = Field(min_length=2, max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9 ._-]*$", examples=["support"])
    description: str = Field(default="", max_length=300)
    permissions: list[Permission] = Field(max_length=100, examples=[["user.read", "payment.read"]])
