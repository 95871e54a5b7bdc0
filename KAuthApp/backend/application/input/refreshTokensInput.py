from __future__ import annotations

from pydantic import Field, SecretStr

from KAuthApp.backend.application.input.fields import MAX_SECRET_LENGTH
from shared.backend.utils.apiModel import InputModel


class RefreshTokensInput(InputModel):
    """The refresh token of the last answer."""

    refreshToken: SecretStr = Field(min_length=1, max_length=MAX_SECRET_LENGTH)
