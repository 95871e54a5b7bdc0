from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Literal, Self

from pydantic import Field

from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import SignedAccessToken
from shared.backend.utils.apiModel import OutputModel


class TokensOutput(OutputModel):
    """Tokens of an API client. The refresh token changes with every use."""

    accessToken: str = Field(repr=False)
    refreshToken: str = Field(repr=False)
    tokenType: Literal["Bearer"] = "Bearer"
    expiresIn: int = Field(description="Seconds until the access token expires", examples=[600])

    @classmethod
    def of(cls, access: SignedAccessToken, refreshToken: str, at: datetime) -> Self:
        return cls(
            accessToken=access.text,
            refreshToken=refreshToken,
            expiresIn=ceil((access.expiresAt - at).total_seconds()),
        )
