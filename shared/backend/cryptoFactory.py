"""Sealing, hashing and random secrets, as the services use them; the work is done in Rust (shared/rust-crypto)."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Final, Self

from k_services_crypto import (
    CryptoError,
    KeyRing,
    PasswordHasher,
    PersonalKey,
    constantTimeEqual,
    packRecord,
    randomToken,
    unpackRecord,
)
from pydantic import ConfigDict, Field, SecretStr

from shared.backend.config.settings import PlatformSettings
from shared.backend.hashPool import HashPool, HashPoolFullError
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.valueObject import ValueObject

__all__ = ["CryptoError", "CryptoFactory", "CryptoOutput", "HashPoolFullError", "PasswordHashing", "PersonalKey"]

DEFAULT_HASH_THREADS: Final = min(4, os.cpu_count() or 1)
_PEPPER_IS_MISSING: Final = "a stored password cannot be checked: put the pepper of before into PASSWORD_OLDER_PEPPERS"

logger = SystemLogger("platform")


class CryptoOutput(ValueObject):
    """One sealed text. Kept in four columns, or in one by `toText`; as JSON its bytes are base64url."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    ciphertext: bytes = Field(min_length=16)
    salt: bytes = Field(min_length=16, max_length=16)
    nonce: bytes = Field(min_length=12, max_length=12)
    keyId: int = Field(ge=1, le=65535)

    def toText(self) -> str:
        """`k1.<key id>.<base64url of salt, nonce, ciphertext and tag>`."""
        return packRecord(self.ciphertext, self.salt, self.nonce, self.keyId)

    @classmethod
    def fromText(cls, text: str) -> CryptoOutput:
        """What `toText` wrote; CryptoError for anything else."""
        return _toOutput(unpackRecord(text))


class PasswordHashing(ValueObject):
    """What one Argon2id hash costs, and how many may be computed and wait at a time.

    `reserved` of those places are for work that is urgent: a crowd of strangers never takes the last one.
    """

    memoryKib: int = Field(default=19456, ge=8, le=2 * 1024 * 1024)
    iterations: int = Field(default=2, ge=1, le=64)
    parallelism: int = Field(default=1, ge=1, le=64)
    threads: int = Field(default=DEFAULT_HASH_THREADS, ge=1, le=64)
    waiting: int = Field(default=32, ge=0, le=10_000)
    reserved: int = Field(default=0, ge=0, le=10_000)
    pepper: SecretStr | None = None
    olderPeppers: tuple[SecretStr, ...] = ()


class CryptoFactory:
    """
    Everything secret goes through here. Safe to share between threads and tasks.

    `context` says where a sealed text belongs (`user:{id}:totp`); it opens there and nowhere else. Texts that
    cannot be opened raise CryptoError, whatever the reason.
    """

    def __init__(self, ring: KeyRing, hashing: PasswordHashing) -> None:
        self._ring = ring
        self._hasher = PasswordHasher(
            hashing.memoryKib,
            hashing.iterations,
            hashing.parallelism,
            None if hashing.pepper is None else hashing.pepper.get_secret_value(),
            [pepper.get_secret_value() for pepper in hashing.olderPeppers],
        )
        self._pool = HashPool(hashing.threads, hashing.waiting, hashing.reserved)
        self._decoyHash = self._hasher.decoy()

    @classmethod
    def fromKeys(
        cls,
        masterKey: SecretStr | str,
        keyId: int = 1,
        previousKeys: Mapping[int, SecretStr] | Mapping[int, str] | None = None,
        hashing: PasswordHashing | None = None,
    ) -> Self:
        """Stretches every key (0.1 s each): call it once, off the event loop. Keys have at least 32 characters."""
        masterKeys = {olderId: _plain(older) for olderId, older in (previousKeys or {}).items()}
        if keyId in masterKeys:
            raise ValueError(f"key id {keyId} is the current and a previous one")
        masterKeys[keyId] = _plain(masterKey)
        return cls(KeyRing(keyId, masterKeys), hashing or PasswordHashing())

    @classmethod
    def fromSettings(cls, settings: PlatformSettings) -> Self:
        hashing = PasswordHashing(
            memoryKib=settings.hashMemoryKib,
            iterations=settings.hashIterations,
            threads=settings.hashThreads,
            waiting=settings.hashWaiting,
            reserved=settings.hashWaiting // 4,
            pepper=settings.passwordPepper if settings.passwordPepper.get_secret_value() else None,
            olderPeppers=tuple(settings.olderPeppers),
        )
        return cls.fromKeys(settings.cryptoMasterKey, settings.cryptoKeyId, settings.previousKeys, hashing)

    @property
    def keyId(self) -> int:
        """The key version that new records carry."""
        return self._ring.currentKeyId

    @property
    def oldestKeyId(self) -> int:
        """The key version to make what must stay the same when keys rotate, while the older ones are still given."""
        return min(self._ring.keyIds)

    def encryptSensitive(self, text: str, context: str) -> CryptoOutput:
        return _toOutput(self._ring.seal(_utf8(text), _utf8(context)))

    def decryptSensitive(self, output: CryptoOutput, context: str) -> str:
        opened = self._ring.open(output.ciphertext, output.salt, output.nonce, output.keyId, _utf8(context))
        return opened.decode()

    def encryptToText(self, text: str, context: str) -> str:
        """As `encryptSensitive(...).toText()`, in one step: for one column."""
        return self._ring.sealText(text, context)

    def decryptText(self, sealed: str, context: str) -> str:
        return self._ring.openText(sealed, context)

    def encryptAllToText(self, textsAndContexts: Sequence[tuple[str, str]]) -> list[str]:
        """A list in one call; much faster than a loop."""
        return self._ring.sealTexts(textsAndContexts)

    def decryptAllTexts(self, sealedAndContexts: Sequence[tuple[str, str]]) -> list[str]:
        """All or nothing: CryptoError names the place of the first that does not open."""
        return self._ring.openTexts(sealedAndContexts)

    def needsReencryption(self, sealed: CryptoOutput | str) -> bool:
        """Whether an older key version sealed it: rotation opens such records and seals them anew."""
        output = CryptoOutput.fromText(sealed) if isinstance(sealed, str) else sealed
        return output.keyId != self._ring.currentKeyId

    def createPersonalKey(self, context: str) -> str:
        """A new 256-bit key for one person, sealed for one column: delete that, and nothing it sealed opens again."""
        return self._ring.createPersonalKey(context)

    def openPersonalKey(self, sealed: str, context: str) -> PersonalKey:
        """The key to seal and open with; its bytes stay in Rust and are wiped with it."""
        return self._ring.openPersonalKey(sealed, context)

    def resealPersonalKey(self, sealed: str, context: str) -> str:
        """The same key under today's master key, for rotation; what it sealed stays as it is."""
        return self._ring.resealPersonalKey(sealed, context)

    async def hashPassword(self, password: str) -> str:
        """An Argon2id PHC string. HashPoolFullError when too many are hashing."""
        normalised = _nfc(password)
        return await self._pool.run(lambda: self._hasher.hash(normalised), isUrgent=False)

    async def verifyPassword(self, password: str, stored: str, isUrgent: bool = False) -> bool:
        """Whether it is the password that was hashed. CryptoError when `stored` is no hash of ours.

        What is urgent may take the reserved places too.
        """
        normalised = _nfc(password)
        return await self._pool.run(lambda: self._hasher.verify(normalised, stored), isUrgent)

    async def matchesPassword(self, password: str, stored: str, isUrgent: bool = False) -> bool:
        """As `verifyPassword`; a hash that cannot be checked is no match, after as much work, and the log says why."""
        try:
            return await self.verifyPassword(password, stored, isUrgent)
        except CryptoError as error:
            logger.error.error("password.uncheckable", _PEPPER_IS_MISSING, exception=error)
            return await self.verifyPassword(password, self._decoyHash, isUrgent)

    async def verifyAgainstNothing(self, password: str) -> bool:
        """Always False, after the work of a real check: an unknown address takes as long as a known one."""
        return await self.verifyPassword(password, self._decoyHash)

    def hashingPlace(self, isUrgent: bool = False) -> AbstractContextManager[object]:
        """A place in the pool for the hash that is asked for in the block, HashPoolFullError when there is none.

        Taken before any other work is done, so that nothing is done in vain and a refusal takes no time.
        """
        return self._pool.place(isUrgent)

    def hashingTurn(self, isUrgent: bool = False) -> AbstractAsyncContextManager[None]:
        """The wait in the place until a thread will soon be free: what comes before the hash is done in the block.

        HashPoolFullError when it is not free within three seconds.
        """
        return self._pool.turn(isUrgent)

    def needsRehash(self, stored: str) -> bool:
        """Whether to hash anew at the next sign-in: other costs or another pepper than today's."""
        return self._hasher.needsRehash(stored)

    def blindIndex(self, text: str, purpose: str, keyId: int | None = None) -> str:
        """
        HMAC-SHA-256 in hex: equal texts give equal values under one purpose and key version, so an encrypted
        column can be searched. The caller normalises the text. `keyId` asks for an older version's value.
        """
        return self._ring.blindIndex(_utf8(text), purpose, keyId or self._ring.currentKeyId).hex()

    def blindIndexes(self, text: str, purpose: str) -> list[str]:
        """The values under every key version, the current first: what to search for while keys rotate."""
        older = [keyId for keyId in self._ring.keyIds if keyId != self._ring.currentKeyId]
        return [self.blindIndex(text, purpose, keyId) for keyId in (self._ring.currentKeyId, *older)]

    def keyedHash(self, data: bytes | str, purpose: str, keyId: int | None = None) -> str:
        """HMAC-SHA-256 in hex, for codes and signatures that only this platform makes and checks."""
        raw = data if isinstance(data, bytes) else _utf8(data)
        return self._ring.keyedHash(raw, purpose, keyId or self._ring.currentKeyId).hex()

    @staticmethod
    def randomToken(byteCount: int = 32) -> str:
        """So many random bytes (16 to 1024) as base64url: safe in URLs, cookies and headers."""
        return randomToken(byteCount)

    @staticmethod
    def constantTimeEqual(left: str | bytes, right: str | bytes) -> bool:
        """Equality whose time tells nothing but the lengths."""
        first, second = (value if isinstance(value, bytes) else _utf8(value) for value in (left, right))
        return constantTimeEqual(first, second)

    async def checkHealth(self) -> None:
        """Seals and opens one text; raises when that fails."""
        context = "platform:health"
        if self.decryptText(self.encryptToText(context, context), context) != context:
            raise CryptoError("what was sealed did not open to itself")

    def close(self) -> None:
        """Waiting hashes are dropped; running ones end by themselves."""
        self._pool.close()


def _toOutput(parts: tuple[bytes, bytes, bytes, int]) -> CryptoOutput:
    ciphertext, salt, nonce, keyId = parts
    # the extension made the parts: checking them again would cost more than the encryption
    return CryptoOutput.model_construct(ciphertext=ciphertext, salt=salt, nonce=nonce, keyId=keyId)


def _plain(secret: SecretStr | str) -> str:
    return secret if isinstance(secret, str) else secret.get_secret_value()


def _nfc(password: str) -> str:
    """One spelling for what looks and is typed the same on every keyboard (NIST SP 800-63B 3.1.1.2)."""
    return unicodedata.normalize("NFC", password)


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise CryptoError("the text has no UTF-8 form") from None
