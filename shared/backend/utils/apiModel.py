from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, SecretStr


def _toZulu(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _requireZone(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time needs an offset")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time is outside of the calendar") from error


Timestamp = Annotated[
    datetime, AfterValidator(_requireZone), PlainSerializer(_toZulu, return_type=str, when_used="json")
]
"""A moment on the wire: RFC 3339, UTC, `Z`. A time without an offset is refused."""


def _requireWhole(secret: SecretStr) -> SecretStr:
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("half of a character is missing") from None
    return secret


WholeSecret = Annotated[SecretStr, AfterValidator(_requireWhole)]
"""A secret in text that has bytes: JSON can spell half of a surrogate pair, which nothing can hash."""


class InputModel(BaseModel):
    """What a use case takes from the world: unknown properties are refused, text is not changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OutputModel(BaseModel):
    """What a use case gives back. Declare times as `Timestamp`, so that they leave as RFC 3339 with `Z`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
