from __future__ import annotations

from typing import Self
from uuid import UUID

from KSysAdmin.backend.domain.models.apiKey import ApiKey
from shared.backend.utils.apiModel import OutputModel, Timestamp


class UserApiKeyOutput(OutputModel):
    """A key of a user's program; its secret is known to nobody but its owner."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    createdAt: Timestamp
    expiresAt: Timestamp | None
    lastUsedAt: Timestamp | None
    revokedAt: Timestamp | None

    @classmethod
    def fromKey(cls, key: ApiKey) -> Self:
        return cls.model_validate({name: getattr(key, name) for name in cls.model_fields})
