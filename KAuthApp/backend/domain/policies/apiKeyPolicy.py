from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import Field

from KAuthApp.backend.domain.exceptions.apiKeyErrors import ApiKeyExpiryInvalidError, TooManyApiKeysError
from shared.backend.utils.valueObject import ValueObject

API_KEY_PREFIX: Final = "kak_"
SHOWN_CHARACTERS: Final = 12


class ApiKeyPolicy(ValueObject):
    """How many keys one account may have at a time."""

    mostLive: int = Field(default=50, ge=1)

    def ensureRoomFor(self, live: int) -> None:
        if live >= self.mostLive:
            raise TooManyApiKeysError(f"an account has at most {self.mostLive} keys; revoke one first")

    def ensureAhead(self, expiresAt: datetime | None, at: datetime) -> None:
        if expiresAt is not None and expiresAt <= at:
            raise ApiKeyExpiryInvalidError(field="expiresAt")
