from __future__ import annotations

import hashlib
import hmac
from typing import Final

from shared.backend.utils.valueObject import ValueObject
from shared.backend.webAuthn.refusal import Refusal, WebAuthnRefusedError

_HASH_END: Final = 32
_COUNTER_END: Final = 37


class AuthenticatorFlags(ValueObject):
    """The fixed front of the authenticator data (WebAuthn Level 3, 6.1): for whom it is, and how it was agreed to."""

    rpIdHash: bytes
    isUserPresent: bool
    isUserVerified: bool
    isBackupEligible: bool
    isBackedUp: bool
    signCount: int

    @classmethod
    def read(cls, raw: bytes) -> AuthenticatorFlags:
        if len(raw) < _COUNTER_END:
            raise WebAuthnRefusedError(Refusal.MALFORMED)
        flags = raw[_HASH_END]
        return cls(
            rpIdHash=raw[:_HASH_END],
            isUserPresent=bool(flags & 0x01),
            isUserVerified=bool(flags & 0x04),
            isBackupEligible=bool(flags & 0x08),
            isBackedUp=bool(flags & 0x10),
            signCount=int.from_bytes(raw[_HASH_END + 1 : _COUNTER_END], "big"),
        )

    def ensureIsFor(self, rpId: str) -> None:
        """Made for this host, with somebody there; what is backed up could be (7.1 and 7.2: the step on BE and BS)."""
        if not hmac.compare_digest(self.rpIdHash, hashlib.sha256(rpId.encode()).digest()):
            raise WebAuthnRefusedError(Refusal.WRONG_RELYING_PARTY)
        if not self.isUserPresent:
            raise WebAuthnRefusedError(Refusal.USER_NOT_PRESENT)
        if self.isBackedUp and not self.isBackupEligible:
            raise WebAuthnRefusedError(Refusal.BACKED_UP_BUT_NOT_ELIGIBLE)

    def ensureVerified(self) -> None:
        """The person showed who they are: by a finger, a face, a PIN."""
        if not self.isUserVerified:
            raise WebAuthnRefusedError(Refusal.USER_NOT_VERIFIED)
