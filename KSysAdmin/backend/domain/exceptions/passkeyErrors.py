from __future__ import annotations

from shared.backend.exceptions.errors import BadRequestError, ConflictError, NotFoundError


class PasskeyNotFoundError(NotFoundError):
    code = "auth.passkeyNotFound"
    title = "There is no such passkey"


class PasskeyRefusedError(BadRequestError):
    """Unknown passkey, wrong signature, counter gone back, challenge not open: the answer never says which."""

    code = "auth.passkeyInvalid"
    title = "The passkey was not accepted"


class PasskeyRegistrationRefusedError(BadRequestError):
    """What the device made does not keep the rules, or answers a challenge that is not open; the detail says which."""

    code = "auth.passkeyRegistrationInvalid"
    title = "The new passkey was not accepted"


class PasskeyTakenError(ConflictError):
    code = "auth.passkeyTaken"
    title = "This passkey is registered already"


class TooManyPasskeysError(ConflictError):
    code = "auth.tooManyPasskeys"
    title = "No more passkeys fit; remove one first"


class LastFactorError(ConflictError):
    """No administrator is without a second factor."""

    code = "auth.lastFactor"
    title = "This is the only second factor; add another one first"
