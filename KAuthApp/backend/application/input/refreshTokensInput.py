from __future__ import annotations

from KAuthApp.backend.application.input.fields import TokenText
from shared.backend.utils.apiModel import InputModel


class RefreshTokensInput(InputModel):
    """The refresh token of the last answer."""

    refreshToken: TokenText
