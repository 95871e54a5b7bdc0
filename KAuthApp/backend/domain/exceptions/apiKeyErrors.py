from __future__ import annotations

from typing import ClassVar

from shared.backend.exceptions.errors import ConflictError, InvalidInputError, NotFoundError


class ApiKeyNotFoundError(NotFoundError):
    code: ClassVar[str] = "auth.apiKeyNotFound"
    title: ClassVar[str] = "There is no such API key"


class TooManyApiKeysError(ConflictError):
    code: ClassVar[str] = "auth.tooManyApiKeys"
    title: ClassVar[str] = "There are too many API keys already"


class ApiKeyExpiryInvalidError(InvalidInputError):
    code: ClassVar[str] = "auth.apiKeyExpiryInvalid"
    title: ClassVar[str] = "The key would have expired already"
