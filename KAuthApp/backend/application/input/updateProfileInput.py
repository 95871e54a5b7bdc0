from __future__ import annotations

from pydantic import Field

from KAuthApp.backend.application.input.fields import FullName
from KAuthApp.backend.domain.models.userAccount import UserLocale
from shared.backend.utils.apiModel import InputModel


class UpdateProfileInput(InputModel):
    """What a person changes of the own profile; absent or null stays, an empty name takes the name away."""

    fullName: FullName | None = None
    locale: UserLocale | None = Field(default=None, description="Language of the mails")
