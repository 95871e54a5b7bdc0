from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

LOWEST_HASH_COSTS: Final = ((19_456, 2), (47_104, 1))
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def toEnvName(fieldName: str) -> str:
    """DatabaseUrl → DATABASE_URL."""
    return _HUMP.sub("_", fieldName).upper()


class SettingsError(Exception):
    """Names every missing or bad setting at once; never a value, since it may be a secret."""


class SecretFileSource(PydanticBaseSettingsSource):
    """NAME_FILE names a file that holds the value of NAME (one trailing line end is dropped)."""

    def get_field_value(self, field: object, field_name: str) -> tuple[object, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, object]:
        fromEnvironment = {name: value for name, value in os.environ.items() if value}
        given = {**readDotEnv(self.config.get("env_file")), **fromEnvironment}
        paths = {name: given.get(f"{toEnvName(name)}_FILE") for name in self.settings_cls.model_fields}
        return {name: _readSecret(path) for name, path in paths.items() if path}


def _readSecret(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").removesuffix("\n")
    except OSError as error:
        raise SettingsError(f"the file {path} cannot be read: {error.strerror}") from error


def readDotEnv(path: object) -> Mapping[str, str]:
    """The variables of a .env file, read as pydantic-settings reads it; empty when there is none."""
    if not isinstance(path, (str, Path)) or not Path(path).is_file():
        return {}
    return {name: value for name, value in dotenv_values(path).items() if value is not None}


def _strong(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < 32:
        raise ValueError("needs at least 32 characters")
    return secret


StrongSecret = Annotated[SecretStr, AfterValidator(_strong)]


class PlatformSettings(BaseSettings):
    """What every server reads once, at start: environment, then .env, then NAME_FILE files; a value given wins."""

    model_config = SettingsConfigDict(
        alias_generator=toEnvName,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        extra="ignore",
        env_file=".env",
        env_ignore_empty=True,
    )

    environment: Literal["development", "test", "production"] = "production"
    instanceId: str = Field(default="", alias="K_INSTANCE_ID")
    publicBaseUrl: str = Field(default="http://localhost:8080", pattern=r"^https?://[^/]+$")
    redisUrl: SecretStr
    databasePoolSize: int = Field(default=10, ge=1, le=100)
    cryptoMasterKey: StrongSecret
    cryptoKeyId: int = Field(default=1, ge=1, le=65535)
    cryptoPreviousKeys: SecretStr = SecretStr("")
    passwordPepper: SecretStr = SecretStr("")
    passwordOlderPeppers: SecretStr = SecretStr("")
    hashThreads: int = Field(default=2, ge=1, le=64)
    hashWaiting: int = Field(default=32, ge=0, le=10_000)
    hashMemoryKib: int = Field(default=19_456, ge=8, le=2 * 1024 * 1024)
    hashIterations: int = Field(default=2, ge=1, le=64, validate_default=True)
    gatewaySharedSecret: StrongSecret
    logLevel: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    logFormat: Literal["json", "console"] = "json"
    jobsInServer: bool = True
    smtpHost: str = "127.0.0.1"
    smtpPort: int = Field(default=8025, ge=1, le=65535)
    smtpUsername: str = ""
    smtpPassword: SecretStr = SecretStr("")
    smtpSecurity: Literal["none", "starttls", "tls"] = "none"
    mailFrom: str = "K <no-reply@localhost>"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings, SecretFileSource(settings_cls)

    @field_validator("hashIterations")
    @classmethod
    def _ensureHashingCostsEnough(cls, iterations: int, others: ValidationInfo) -> int:
        """OWASP's lowest costs of Argon2id; only tests may hash at less."""
        memoryKib = others.data.get("hashMemoryKib", 0)
        isEnough = any(memoryKib >= memory and iterations >= passes for memory, passes in LOWEST_HASH_COSTS)
        if others.data.get("environment") != "test" and not isEnough:
            raise ValueError("too cheap: 19456 KiB take 2 iterations at least, and 47104 KiB take 1")
        return iterations

    @property
    def olderPeppers(self) -> Sequence[SecretStr]:
        """Peppers that stored passwords may still be hashed with, from `secret,secret`."""
        return [SecretStr(each) for each in self.passwordOlderPeppers.get_secret_value().split(",") if each]

    @property
    def previousKeys(self) -> Mapping[int, SecretStr]:
        """Older master keys by id, from `id:secret,id:secret`."""
        entries = (entry.partition(":") for entry in self.cryptoPreviousKeys.get_secret_value().split(",") if entry)
        return {int(keyId): SecretStr(secret) for keyId, _, secret in entries}


Settings = TypeVar("Settings", bound=PlatformSettings)


def loadSettings(kind: type[Settings]) -> Settings:
    """The settings of this process, or SettingsError naming everything that is missing or wrong."""
    try:
        return kind()
    except ValidationError as error:
        lines = [f"  {_settingName(kind, item['loc'])}: {item['msg']}" for item in error.errors(include_input=False)]
        raise SettingsError("these settings are missing or wrong:\n" + "\n".join(sorted(lines))) from None


def _settingName(kind: type[PlatformSettings], location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else "?"
    return toEnvName(name) if name in kind.model_fields else name
