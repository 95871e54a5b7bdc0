from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

MAX_LENGTH: Final = 65_536


def toBase64Url(raw: bytes) -> str:
    """RFC 4648, 5, without padding, as WebAuthn writes bytes."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def fromBase64Url(text: str) -> bytes:
    """The bytes; ValueError unless it is exactly how those bytes are written."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error
    if toBase64Url(raw) != text:
        raise ValueError("not base64url")
    return raw


def _read(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str) or len(value) > MAX_LENGTH:
        raise ValueError("not base64url")
    return fromBase64Url(value)


Base64Url = Annotated[
    bytes,
    BeforeValidator(_read),
    PlainSerializer(toBase64Url, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9_-]*$", "maxLength": MAX_LENGTH}),
]
"""Bytes that travel as base64url text."""
