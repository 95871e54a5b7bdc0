from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import Field

from KAuthApp.backend.domain.models.apiKey import ApiKey
from KAuthApp.backend.domain.policies.apiScope import ApiScope
from shared.backend.utils.apiModel import OutputModel, Timestamp


class ApiKeyOutput(OutputModel):
    """What its owner sees of a key; its secret is never shown again."""

    id: UUID
    name: str = Field(examples=["Web shop"])
    prefix: str = Field(description="How the secret begins", examples=["kak_3kTMd2Jw"])
    scopes: list[ApiScope]
    createdAt: Timestamp
    expiresAt: Timestamp | None
    lastUsedAt: Timestamp | None = Field(description="Last use, to the minute")

    @classmethod
    def fromKey(cls, key: ApiKey) -> Self:
        return cls(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            scopes=[ApiScope(each) for each in key.scopes],
            createdAt=key.createdAt,
            expiresAt=key.expiresAt,
            lastUsedAt=key.lastUsedAt,
        )


class CreatedApiKeyOutput(ApiKeyOutput):
    """A new key with its secret, this once: `Authorization: Bearer {secret}`."""

    secret: str = Field(examples=["kak_3kTMd2JwPzQ0…"])

    @classmethod
    def withSecret(cls, key: ApiKey, secret: str) -> Self:
        return cls(**ApiKeyOutput.fromKey(key).model_dump(), secret=secret)
