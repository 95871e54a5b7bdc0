"""SNAP signatures: what is signed, how, and how the other side's are checked. Pure functions over bytes and text."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from KSysPayment.backend.domain.policies.jakartaCalendar import JAKARTA

SignatureEncoding = Literal["hex", "base64"]

MINIMUM_KEY_BITS: Final = 2048
HMAC_BYTES: Final = 64
# A string that never ends is taken whole: tried again from each quote inside, it would cost the square of its length.
_STRING_OR_SPACE: Final = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z))|[ \t\r\n]+', re.DOTALL)
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


class KeyUnusableError(Exception):
    """A configured key is not an RSA key of at least 2048 bits. The message never holds the key."""


def loadPrivateKey(pem: str) -> RSAPrivateKey:
    """PKCS#8 or PKCS#1; line ends may be written as backslash and n."""
    try:
        key = load_pem_private_key(_pemBytes(pem), password=None)
    except ValueError as error:
        raise KeyUnusableError("the private key is not readable PEM") from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < MINIMUM_KEY_BITS:
        raise KeyUnusableError("the private key must be RSA with at least 2048 bits")
    return key


def loadPublicKey(pem: str) -> RSAPublicKey:
    try:
        key = load_pem_public_key(_pemBytes(pem))
    except ValueError as error:
        raise KeyUnusableError("the public key is not readable PEM") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < MINIMUM_KEY_BITS:
        raise KeyUnusableError("the public key must be RSA with at least 2048 bits")
    return key


def _pemBytes(pem: str) -> bytes:
    return pem.replace("\\n", "\n").strip().encode()


def minify(body: bytes) -> bytes:
    """Drop whitespace between JSON tokens; what stands inside strings stays, to the byte."""
    return _STRING_OR_SPACE.sub(lambda found: found.group(1) or b"", body)


def tokenStringToSign(clientId: str, timestamp: str) -> str:
    return f"{clientId}|{timestamp}"


def transactionStringToSign(method: str, path: str, accessToken: str, body: bytes, timestamp: str) -> str:
    """`body` is hashed as it is: minify before, if at all."""
    return f"{method.upper()}:{path}:{accessToken}:{hashlib.sha256(body).hexdigest()}:{timestamp}"


def signRsa(key: RSAPrivateKey, text: str) -> str:
    """SHA256withRSA (PKCS#1 v1.5), Base64 on one line."""
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def isRsaSignature(key: RSAPublicKey, text: str, signature: str) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def signHmac(secret: str, text: str, encoding: SignatureEncoding) -> str:
    """HMAC-SHA512, as lower-case hex or Base64."""
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha512).digest()
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def isHmacSignature(secret: str, text: str, signature: str) -> bool:
    """Hex or Base64, told apart by length; the 64 bytes are compared in constant time."""
    expected = hmac.new(secret.encode(), text.encode(), hashlib.sha512).digest()
    offered = _decodeHmac(signature)
    return offered is not None and hmac.compare_digest(expected, offered)


def _decodeHmac(signature: str) -> bytes | None:
    try:
        decoded = (
            bytes.fromhex(signature) if len(signature) == HMAC_BYTES * 2 else base64.b64decode(signature, validate=True)
        )
    except ValueError:
        return None
    return decoded if len(decoded) == HMAC_BYTES else None


def toHeaderTime(at: datetime) -> str:
    """`yyyy-MM-ddTHH:mm:ss.SSS+07:00`."""
    return at.astimezone(JAKARTA).isoformat(timespec="milliseconds")


def toBodyTime(at: datetime) -> str:
    """`yyyy-MM-ddTHH:mm:ss+07:00`."""
    return at.astimezone(JAKARTA).isoformat(timespec="seconds")


def readTime(text: str) -> datetime | None:
    """A time with an offset, milliseconds or none, as UTC; None for anything else."""
    if not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
