from __future__ import annotations

from uuid import UUID

from pydantic import Field

from KSysAdmin.backend.domain.models.administrator import AdministratorLocale
from shared.backend.utils.apiModel import InputModel

MOST_ROLES = 20


class InviteAdministratorInput(InputModel):
    """Who is to help, with which roles; the link goes to the address in this language."""

    email: str = Field(min_length=3, max_length=254, examples=["colleague@example.com"])
    roleIds: list[UUID] = Field(min_length=1, max_length=MOST_ROLES)
    locale: AdministratorLocale = AdministratorLocale.EN


class ChangeAdministratorRolesInput(InputModel):
    roleIds: list[UUID] = Field(min_length=1, max_length=MOST_ROLES)


class SuspendAdministratorInput(InputModel):
    reason: str = Field(min_length=3, max_length=500, examples=["Left the company"])


class ChangeOwnAccountInput(InputModel):
    """The language of the mails this administrator gets."""

    locale: AdministratorLocale
