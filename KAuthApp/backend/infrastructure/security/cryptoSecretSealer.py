from __future__ import annotations

from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from shared.backend.cryptoFactory import CryptoFactory


class CryptoSecretSealer(SecretSealerInterface):
    """AES-256-GCM bound to its context."""

    def __init__(self, crypto: CryptoFactory) -> None:
        self._crypto = crypto

    def seal(self, text: str, context: str) -> str:
        return self._crypto.encryptToText(text, context)

    def unseal(self, sealed: str, context: str) -> str:
        return self._crypto.decryptText(sealed, context)
