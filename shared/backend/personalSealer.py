"""What belongs to one person, sealed with that person's own key: who deletes the key has erased it everywhere."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from shared.backend.cryptoFactory import CryptoError, CryptoFactory

AUDIT_PURPOSE: Final = "audit:address"
SEALED_PREFIX: Final = "p1."


class PersonalSealer:
    """
    Seals and opens texts of one person. `sealedKey` is the person's key as it is stored, `purpose` where the text
    belongs (`session:{id}:device`): a text opens for its person and purpose and nowhere else.
    """

    def __init__(self, crypto: CryptoFactory) -> None:
        self._crypto = crypto

    def newKey(self, userId: UUID) -> str:
        return self._crypto.createPersonalKey(_keyContext(userId))

    def seal(self, userId: UUID, sealedKey: str, text: str, purpose: str) -> str:
        key = self._crypto.openPersonalKey(sealedKey, _keyContext(userId))
        return key.sealText(text, _textContext(userId, purpose))

    def unseal(self, userId: UUID, sealedKey: str, sealed: str, purpose: str) -> str | None:
        """None when it does not open: another key sealed it, one that has been erased since."""
        key = self._crypto.openPersonalKey(sealedKey, _keyContext(userId))
        try:
            return key.openText(sealed, _textContext(userId, purpose))
        except CryptoError:
            return None


def _keyContext(userId: UUID) -> str:
    return f"user:{userId}:key"


def _textContext(userId: UUID, purpose: str) -> str:
    return f"user:{userId}:{purpose}"
