from __future__ import annotations

from shared.backend.exceptions.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError


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


class RuleSetRefusedError(InvalidInputError):
    """The gateway takes a set whole or not at all; nothing was changed."""

    code = "rateLimit.setRefused"
    title = "The gateway would refuse these limits"


class AddressEntryNotFoundError(NotFoundError):
    code = "addressEntry.notFound"
    title = "There is no such entry in the address lists"


class AddressEntryExistsError(ConflictError):
    code = "addressEntry.exists"
    title = "There is an entry for this range"


class AddressEntryOverError(InvalidInputError):
    code = "addressEntry.over"
    title = "The end of the entry has passed"


class OwnAddressDeniedError(ConflictError):
    code = "addressEntry.ownAddress"
    title = "The range holds the address you come from"


class GatewayAwayError(UnavailableError):
    code = "gateway.away"
    title = "No gateway answers on its private port"


class GatewayLogMissingError(ConflictError):
    code = "gateway.noLog"
    title = "No log of the gateway is named in the settings"
