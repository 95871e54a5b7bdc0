from __future__ import annotations

import hashlib
from typing import Final

from shared.backend.webAuthn.ceremoniesInterface import CredentialHint

_MOST: Final = 2
# What the credentials of common makers look like: length of the id, and how they are reached.
_SHAPES: Final = (
    (16, ("hybrid", "internal")),
    (20, ("internal", "hybrid")),
    (32, ("internal",)),
    (32, ("hybrid", "internal")),
    (48, ("nfc", "usb")),
    (64, ("usb",)),
)


def decoysFrom(seed: bytes) -> tuple[CredentialHint, ...]:
    """Passkeys nobody has, for an address nobody has: the same for the same secret seed, one or two."""
    return tuple(_decoy(seed, number) for number in range(1 + seed[0] % _MOST))


def _decoy(seed: bytes, number: int) -> CredentialHint:
    stream = hashlib.shake_256(seed + bytes([number])).digest(1 + max(length for length, _ in _SHAPES))
    length, transports = _SHAPES[stream[0] % len(_SHAPES)]
    return CredentialHint(credentialId=stream[1 : 1 + length], transports=transports)
