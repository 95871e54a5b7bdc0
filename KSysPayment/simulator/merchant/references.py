"""Numbers the bank makes up."""

from __future__ import annotations

import secrets
import string
import uuid
from typing import Final

ALPHANUMERIC: Final = string.digits + string.ascii_uppercase


def newRequestId() -> str:
    """A paymentRequestId or inquiryRequestId: 36 characters, never seen before, not even by an older file."""
    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))


def newDigits(length: int) -> str:
    """A number of exactly so many digits."""
    return "".join(secrets.choice(string.digits) for _ in range(length))


def newAlphanumeric(length: int) -> str:
    """Capital letters and digits."""
    return "".join(secrets.choice(ALPHANUMERIC) for _ in range(length))
