from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, JsonValue, TypeAdapter, ValidationError

from KSysAdmin.backend.domain.exceptions.settingErrors import SettingInvalidError, SettingNotFoundError

MOST_ORIGINS: Final = 50


def _ensureOrigin(text: str) -> str:
    """A scheme, host and port as a browser writes them in `Origin`."""
    if text != text.strip().lower() or any(letter.isspace() or letter == "*" for letter in text):
        raise ValueError("write the origin in lower case, without spaces or stars")
    parts = urlsplit(text)
    port = f":{parts.port}" if parts.port is not None else ""
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
    if parts.scheme not in {"http", "https"} or not host or text != f"{parts.scheme}://{host}{port}":
        raise ValueError("an origin is scheme://host or scheme://host:port, nothing after it")
    if port == {"http": ":80", "https": ":443"}[parts.scheme]:
        raise ValueError("browsers leave out the standard port")
    return text


def _ensureDistinct(origins: Sequence[str]) -> Sequence[str]:
    if len(set(origins)) != len(origins):
        raise ValueError("an origin is listed twice")
    return origins


Origin = Annotated[str, Field(max_length=300), AfterValidator(_ensureOrigin)]
Origins = Annotated[list[Origin], Field(max_length=MOST_ORIGINS), AfterValidator(_ensureDistinct)]
PasswordLength = Annotated[int, Field(ge=8, le=64, strict=True)]


class SettingDefinition:
    """One setting there is: its type, default and what it does."""

    def __init__(
        self, key: str, adapter: TypeAdapter[list[str]] | TypeAdapter[int], default: JsonValue, description: str
    ) -> None:
        self.key, self.default, self.description = key, default, description
        self._adapter = adapter

    @property
    def jsonSchema(self) -> dict[str, JsonValue]:
        """What a form needs to know of the value."""
        schema: dict[str, JsonValue] = self._adapter.json_schema()
        return schema

    def accept(self, value: JsonValue) -> JsonValue:
        """The value as it is stored; SettingInvalidError says what is wrong with it."""
        try:
            accepted = self._adapter.validate_python(value)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise SettingInvalidError(f"{place}: {first['msg']}" if place else first["msg"], field="value") from error
        return [*accepted] if isinstance(accepted, list) else accepted


_DEFINITIONS: Final = (
    SettingDefinition(
        "cors.allowedOrigins",
        TypeAdapter(Origins),
        [],
        "Origins of other sites whose pages may call both servers with credentials",
    ),
    SettingDefinition(
        "auth.passwordMinLength",
        TypeAdapter(PasswordLength),
        15,
        "Shortest password a person may choose, in characters",
    ),
)

SETTINGS: Final[Mapping[str, SettingDefinition]] = {definition.key: definition for definition in _DEFINITIONS}


def settingNamed(key: str) -> SettingDefinition:
    definition = SETTINGS.get(key)
    if definition is None:
        raise SettingNotFoundError(f"there is no setting {key[:100]}")
    return definition


def effectiveValues(stored: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Every known setting: the stored value, else its default. Stored keys nobody knows any more are left out."""
    return {key: stored.get(key, definition.default) for key, definition in SETTINGS.items()}


def settingsDocument(stored: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What both servers read."""
    return {"values": effectiveValues(stored)}
