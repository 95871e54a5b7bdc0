from __future__ import annotations

from shared.backend.exceptions.errors import ConflictError, InvalidInputError, NotFoundError


class SettingNotFoundError(NotFoundError):
    code = "setting.notFound"
    title = "There is no such setting"


class SettingInvalidError(InvalidInputError):
    code = "setting.invalid"
    title = "The setting does not take this value"


class RateLimitPolicyNotFoundError(NotFoundError):
    code = "rateLimit.notFound"
    title = "There is no such rate limit"


class RateLimitPolicyExistsError(ConflictError):
    code = "rateLimit.exists"
    title = "There is a rate limit of this name"
