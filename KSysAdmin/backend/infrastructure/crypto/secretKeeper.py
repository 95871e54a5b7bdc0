from __future__ import annotations

from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SealedSecret, SecretKeeperInterface
from shared.backend.cryptoFactory import CryptoFactory, CryptoOutput


class SecretKeeper(SecretKeeperInterface):
    """AES-256-GCM with the context as additional data."""

    def __init__(self, crypto: CryptoFactory) -> None:
        self._crypto = crypto

    def seal(self, text: str, context: str) -> SealedSecret:
        output = self._crypto.encryptSensitive(text, context)
        return SealedSecret(ciphertext=output.ciphertext, salt=output.salt, nonce=output.nonce, keyId=output.keyId)

    def open(self, sealed: SealedSecret, context: str) -> str:
        output = CryptoOutput(ciphertext=sealed.ciphertext, salt=sealed.salt, nonce=sealed.nonce, keyId=sealed.keyId)
        return self._crypto.decryptSensitive(output, context)

    def sealText(self, text: str, context: str) -> str:
        return self._crypto.encryptToText(text, context)

    def openText(self, sealed: str, context: str) -> str:
        return self._crypto.decryptText(sealed, context)
