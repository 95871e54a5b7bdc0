from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from KAuthApp.backend.application.input.fields import checkName
from KAuthApp.backend.domain.policies.apiScope import ApiScope
from shared.backend.utils.apiModel import InputModel, Timestamp

KeyName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(checkName),
    Field(description="What the key is for, so that its owner knows it again", examples=["Web shop"]),
]


class CreateApiKeyInput(InputModel):
    """A key for a program; without an end it is good until it is revoked."""

    name: KeyName
    scopes: Annotated[list[ApiScope], Field(min_length=1, max_length=len(ApiScope), examples=[["payment.read"]])]
    expiresAt: Timestamp | None = Field(default=None, description="When it ends by itself")
