"""What the simulator is told at start, from `SIMULATOR_*` variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from KSysPayment.simulator.snap.signing import loadPrivateKey, loadPublicKey

PREFIX: Final = "SIMULATOR_"


class SettingsError(Exception):
    """Settings are missing or bad; the message names every one of them."""


class SimulatorSettings(BaseModel):
    """One partner (the merchant) at one bank."""

    model_config = ConfigDict(frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=9080, ge=1, le=65535)
    dataFile: Path = Path("var/simulator/state.sqlite3")
    instanceId: str = ""

    # How the merchant is known at the bank.
    clientId: str = Field(min_length=1)
    clientSecret: SecretStr = Field(min_length=1)
    partnerId: str = Field(min_length=1, max_length=36)
    channelId: str = Field(default="00009", pattern=r"^\d{5}$")
    partnerServiceId: str = Field(pattern=r"^ *\d{1,8}$", max_length=8)
    merchantPublicKey: str = Field(min_length=1)

    # How the bank is known at the merchant.
    merchantCa: str = ""
    merchantBaseUrl: str = Field(default="http://127.0.0.1:8080/api/payment/bri", pattern=r"^https?://")
    bankPrivateKey: SecretStr = Field(min_length=1)
    inboundClientId: str = Field(min_length=1, max_length=64)
    inboundClientSecret: SecretStr = Field(min_length=1)
    tokenPath: str = Field(default="/snap/v1.0/access-token/b2b", pattern=r"^/")
    inquiryPath: str = Field(default="/snap/v1.0/transfer-va/inquiry", pattern=r"^/")
    paymentPath: str = Field(default="/snap/v1.0/transfer-va/payment", pattern=r"^/")
    notifyPath: str = Field(default="/snap/v1.0/transfer-va/notify-payment-intrabank", pattern=r"^/")

    # What BRI's papers leave open.
    acceptedSignatureEncoding: Literal["any", "hex", "base64"] = "any"
    outboundSignatureEncoding: Literal["hex", "base64"] = "base64"
    signedPath: Literal["asSent", "withoutBase"] = "asSent"
    statusDetail: Literal["minimal", "full"] = "minimal"
    emptyReport: Literal["notFound", "emptyList"] = "notFound"
    timestampToleranceSeconds: int = Field(default=300, ge=1)
    tokenLifetimeSeconds: int = Field(default=899, ge=1)
    merchantTimeoutSeconds: float = Field(default=10.0, gt=0)
    keptExchanges: int = Field(default=20_000, ge=100)

    @field_validator("merchantPublicKey")
    @classmethod
    def _ensurePublicKey(cls, pem: str) -> str:
        loadPublicKey(pem)
        return pem

    @field_validator("bankPrivateKey")
    @classmethod
    def _ensurePrivateKey(cls, pem: SecretStr) -> SecretStr:
        loadPrivateKey(pem.get_secret_value())
        return pem

    @property
    def companyCode(self) -> str:
        """The digits of the partner's prefix."""
        return self.partnerServiceId.strip()

    @property
    def paddedServiceId(self) -> str:
        """The prefix as it travels: eight characters, spaces to the left."""
        return self.companyCode.rjust(8)


def toEnvName(name: str) -> str:
    """`merchantBaseUrl` is set by `SIMULATOR_MERCHANT_BASE_URL`."""
    return PREFIX + re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()


def loadSettings(environment: Mapping[str, str]) -> SimulatorSettings:
    """Read the settings; any NAME may be given as NAME_FILE, the path of a file that holds the value."""
    values: dict[str, str] = {}
    problems: list[str] = []
    for name in SimulatorSettings.model_fields:
        try:
            value = readVariable(environment, toEnvName(name))
        except OSError as error:
            problems.append(f"{toEnvName(name)}_FILE: {error.strerror}: {error.filename}")
            continue
        if value is not None:
            values[name] = value

    values.setdefault("instanceId", environment.get("K_INSTANCE_ID", ""))
    try:
        settings = SimulatorSettings.model_validate(values)
    except ValidationError as error:
        found = [f"{toEnvName(str(item['loc'][0]))}: {item['msg']}" for item in error.errors()]
        raise SettingsError("\n".join(problems + found)) from error
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def readVariable(environment: Mapping[str, str], name: str) -> str | None:
    """The variable's value, or the content of the file its `_FILE` sibling names, or nothing."""
    value = environment.get(name)
    if value:
        return value
    path = environment.get(f"{name}_FILE")
    if not path:
        return None
    return Path(path).read_text(encoding="utf-8").strip()
