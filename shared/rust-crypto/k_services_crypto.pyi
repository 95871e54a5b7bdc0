from collections.abc import Sequence
from typing import Final, final

class CryptoError(Exception):
    """A refusal of this module. `code` is stable text for programs; nothing secret is in the message."""

    code: Final[str]

@final
class AeadKey:
    """One AES-256-GCM key (32 bytes), for who keeps nonces (12 bytes) apart by other means."""

    def __new__(cls, key: bytes, /) -> AeadKey: ...
    def seal(self, nonce: bytes, plaintext: bytes, context: bytes, /) -> bytes:
        """Ciphertext and tag. A nonce must never come twice under one key."""

    def open(self, nonce: bytes, sealed: bytes, context: bytes, /) -> bytes: ...

@final
class KeyRing:
    """The master keys by id (at least 32 characters each), stretched once when built: about 0.1 s a key."""

    def __new__(cls, currentKeyId: int, masterKeys: dict[int, str], /) -> KeyRing: ...
    @property
    def currentKeyId(self) -> int: ...
    @property
    def keyIds(self) -> tuple[int, ...]: ...
    def seal(self, plaintext: bytes, context: bytes, /) -> tuple[bytes, bytes, bytes, int]:
        """Ciphertext with tag, salt (16 bytes), nonce (12 bytes), key id."""

    def open(self, ciphertext: bytes, salt: bytes, nonce: bytes, keyId: int, context: bytes, /) -> bytes: ...
    def sealText(self, text: str, context: str, /) -> str:
        """The one-column form: `k1.<key id>.<base64url of salt, nonce, ciphertext and tag>`."""

    def openText(self, token: str, context: str, /) -> str: ...
    def sealTexts(self, texts: Sequence[tuple[str, str]], /) -> list[str]:
        """Pairs of text and context; a list in one call is several times faster than a loop."""

    def openTexts(self, tokens: Sequence[tuple[str, str]], /) -> list[str]:
        """Pairs of token and context; raises for the first that does not open, naming its place."""

    def blindIndex(self, text: bytes, purpose: str, keyId: int, /) -> bytes: ...
    def keyedHash(self, data: bytes, purpose: str, keyId: int, /) -> bytes: ...
    def createPersonalKey(self, context: str, /) -> str:
        """A new 256-bit key of one person, sealed in the one-column form."""

    def openPersonalKey(self, sealed: str, context: str, /) -> PersonalKey: ...
    def resealPersonalKey(self, sealed: str, context: str, /) -> str:
        """The same key, sealed under the current key version."""

@final
class PersonalKey:
    """One person's key, opened. What it sealed opens with it alone: without it, never again."""

    def sealText(self, text: str, context: str, /) -> str:
        """The one-column form: `p1.<base64url of salt, nonce, ciphertext and tag>`."""

    def openText(self, token: str, context: str, /) -> str: ...

@final
class PasswordHasher:
    """
    Argon2id under fixed costs. New hashes get `pepper`, named in them by its fingerprint; `olderPeppers` only
    verify. Peppers have at least 32 characters.
    """

    def __new__(
        cls, memoryKib: int, iterations: int, lanes: int, pepper: str | None, olderPeppers: Sequence[str], /
    ) -> PasswordHasher: ...
    def hash(self, password: str, /) -> str:
        """A PHC string under a fresh salt."""

    def verify(self, password: str, stored: str, /) -> bool: ...
    def needsRehash(self, stored: str, /) -> bool: ...
    def decoy(self) -> str:
        """A hash that no password has; verifying against it costs what a real one costs."""

def packRecord(ciphertext: bytes, salt: bytes, nonce: bytes, keyId: int, /) -> str:
    """The one-column form of a record."""

def unpackRecord(token: str, /) -> tuple[bytes, bytes, bytes, int]:
    """Ciphertext with tag, salt, nonce, key id; nothing about them is believed yet."""

def randomToken(byteCount: int, /) -> str:
    """16 to 1024 random bytes as base64url without padding."""

def constantTimeEqual(left: bytes, right: bytes, /) -> bool: ...
