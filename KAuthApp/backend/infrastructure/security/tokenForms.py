from __future__ import annotations

import base64
import binascii
from uuid import UUID

from pydantic import Field, ValidationError

from shared.backend.utils.valueObject import ValueObject

LATEST_EPOCH_SECOND = 253_402_300_799  # the year 9999


class AccessTokenHeader(ValueObject):
    """The only header our tokens have; one with anything more (`jku`, `jwk`, `x5u`, …) is not ours."""

    alg: str
    typ: str
    kid: str = Field(max_length=64)


class AccessTokenBody(ValueObject):
    """The claims of RFC 9068 as we write them."""

    iss: str
    sub: UUID
    aud: str
    sid: UUID
    iat: int
    exp: int = Field(ge=0, le=LATEST_EPOCH_SECOND)
    jti: UUID


def headerOf(token: str) -> AccessTokenHeader | None:
    """The header before anything is verified, or None when it is not one of ours."""
    encoded = token.partition(".")[0]
    try:
        text = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        return AccessTokenHeader.model_validate_json(text)
    except (binascii.Error, ValidationError, ValueError):
        return None
