from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from shared.backend.utils.valueObject import ValueObject


class SignedAccessToken(ValueObject):
    """An access token and when it ends."""

    text: str
    expiresAt: datetime


class AccessTokenClaims(ValueObject):
    """What a valid access token says."""

    userId: UUID
    sessionId: UUID
    expiresAt: datetime


class AccessTokenSignerInterface(ABC):
    """Signs access tokens (RFC 9068) and reads those signed by our own keys."""

    @abstractmethod
    async def sign(self, userId: UUID, sessionId: UUID, sessionEndsAt: datetime) -> SignedAccessToken:
        """A token of the usual lifetime that never outlives its session."""

    @abstractmethod
    async def read(self, token: str) -> AccessTokenClaims | None:
        """The claims of a token that is ours, for our audience and not expired; None for anything else."""

    @abstractmethod
    async def publishedKeys(self) -> Sequence[Mapping[str, JsonValue]]:
        """The public keys as JWKs: one that signs, those that follow, those whose last token has not expired."""
