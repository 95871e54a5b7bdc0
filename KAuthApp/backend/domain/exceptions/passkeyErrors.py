from __future__ import annotations

from typing import ClassVar

from shared.backend.exceptions.errors import BadRequestError, ConflictError, NotFoundError, UnauthorizedError


class PasskeyNotFoundError(NotFoundError):
    code: ClassVar[str] = "auth.passkeyNotFound"
    title: ClassVar[str] = "There is no such passkey"


class PasskeyRefusedError(UnauthorizedError):
    """Unknown passkey, wrong signature, counter gone back, suspended account: the answer never says which."""

    code: ClassVar[str] = "auth.passkeyInvalid"
    title: ClassVar[str] = "The passkey was not accepted"


class PasskeyRegistrationRefusedError(BadRequestError):
    """What the device made does not keep the rules, or answers a challenge that is not open; the detail says which."""

    code: ClassVar[str] = "auth.passkeyRegistrationInvalid"
    title: ClassVar[str] = "The new passkey was not accepted"


class PasskeyTakenError(ConflictError):
    """A credential id belongs to one passkey of one account (WebAuthn Level 3, 7.1)."""

    code: ClassVar[str] = "auth.passkeyTaken"
    title: ClassVar[str] = "This passkey is registered already"


class TooManyPasskeysError(ConflictError):
    code: ClassVar[str] = "auth.tooManyPasskeys"
    title: ClassVar[str] = "No more passkeys fit; remove one first"
