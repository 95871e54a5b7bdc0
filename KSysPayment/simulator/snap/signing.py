"""SNAP signatures, written from the standard's formula and from nothing else in this repository."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SignatureEncoding = Literal["hex", "base64"]

MINIMUM_KEY_BITS: Final = 2048
HMAC_BYTES: Final = 64
HEX_SIGNATURE: Final = re.compile(r"[0-9a-fA-F]{128}")
STRING_OR_SPACE: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[ \t\r\n]+', re.DOTALL)


class UnusableKeyError(ValueError):
    """A key that is no RSA key, or a shorter one than SNAP allows."""


def loadPublicKey(pem: str) -> rsa.RSAPublicKey:
    """Read an SPKI PEM."""
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnusableKeyError("this is no public key in PEM") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MINIMUM_KEY_BITS:
        raise UnusableKeyError(f"an RSA public key of at least {MINIMUM_KEY_BITS} bits is needed")
    return key


def loadPrivateKey(pem: str) -> rsa.RSAPrivateKey:
    """Read a PKCS#8 or PKCS#1 PEM."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnusableKeyError("this is no private key in PEM, or it needs a password") from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < MINIMUM_KEY_BITS:
        raise UnusableKeyError(f"an RSA private key of at least {MINIMUM_KEY_BITS} bits is needed")
    return key


def tokenStringToSign(clientKey: str, timestamp: str) -> str:
    """What the token request's signature covers."""
    return f"{clientKey}|{timestamp}"


def signRsa(key: rsa.RSAPrivateKey, text: str) -> str:
    """SHA256withRSA in base64."""
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def isRsaSignature(key: rsa.RSAPublicKey, text: str, signature: str) -> bool:
    """Whether `signature` (base64) is the holder's signature of `text`."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def minify(body: bytes) -> bytes:
    """Drop the whitespace between JSON tokens and nothing else; strings stay byte for byte."""
    return STRING_OR_SPACE.sub(lambda match: match[0] if match[0].startswith(b'"') else b"", body)


def transactionStringToSign(method: str, path: str, accessToken: str, body: bytes, timestamp: str) -> str:
    """What a transaction's signature covers; `body` is hashed as given."""
    return f"{method}:{path}:{accessToken}:{hashlib.sha256(body).hexdigest()}:{timestamp}"


def signHmac(secret: str, text: str, encoding: SignatureEncoding) -> str:
    """HMAC-SHA512 in lower-case hex or base64."""
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha512).digest()
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def isHmacSignature(secret: str, text: str, signature: str, accepted: Literal["any", "hex", "base64"] = "any") -> bool:
    """Whether `signature`, in an accepted encoding, is the HMAC-SHA512 of `text`; compared in constant time."""
    decoded = decodeHmac(signature, accepted)
    if decoded is None:
        return False
    return hmac.compare_digest(decoded, hmac.new(secret.encode(), text.encode(), hashlib.sha512).digest())


def decodeHmac(signature: str, accepted: Literal["any", "hex", "base64"]) -> bytes | None:
    """The signature's 64 bytes, or nothing when it is not written in an accepted way."""
    if HEX_SIGNATURE.fullmatch(signature):
        return bytes.fromhex(signature) if accepted != "base64" else None
    if accepted == "hex":
        return None
    try:
        decoded = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if len(decoded) == HMAC_BYTES else None
