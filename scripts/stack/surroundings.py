"""Everything a process of the stack is started with: the settings as they really are this time, and the programs."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scripts.stack.envFile import (
    ADDRESSES,
    OF_THIS_MACHINE,
    PORT_NAMES,
    faultsOf,
    isOwnAddress,
    optionalValues,
    parseEnv,
    readEnvFile,
    withFiles,
    withHttps,
    withPorts,
)
from scripts.stack.paths import ENV_EXAMPLE, ENV_FILE, VAR
from scripts.stack.ports import choosePort
from scripts.stack.postgresServer import PostgresServer
from scripts.stack.provision import ServiceTools

VAR_PREFIX = "var/"
# `scripts/up --tls` sets it
SELF_SIGNED = "GATEWAY_TLS_SELF_SIGNED"


class SettingsUnfitError(Exception):
    """Nothing can be started with these settings; the text names every one of them."""


@dataclass(frozen=True)
class Surroundings:
    """One start of the stack. `values` are the settings by name; `moved` tells which ports had to change."""

    values: Mapping[str, str]
    moved: Mapping[str, tuple[int, int]]
    tools: ServiceTools
    instanceId: str
    python: str = sys.executable

    @property
    def environment(self) -> dict[str, str]:
        """What every process gets; the superuser's URL is only for the one that makes the roles."""
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_SUPERUSER_URL"}
        own = {name: value for name, value in self.values.items() if name != "DATABASE_SUPERUSER_URL"}
        marks = {
            "K_INSTANCE_ID": self.instanceId,
            "SIMULATOR_INSTANCE_ID": self.instanceId,
            "PYTHONUNBUFFERED": "1",
        }
        return {**inherited, **own, **marks}

    def port(self, name: str) -> int:
        return int(self.values[name])

    @property
    def hasTls(self) -> bool:
        return bool(self.values.get("GATEWAY_TLS_CERTIFICATE"))

    @property
    def gatewayPort(self) -> int:
        """Where the platform is served: with TLS the port of TLS, when it has one of its own."""
        hasOwnPort = self.hasTls and self.values.get("GATEWAY_HTTPS_PORT")
        return self.port("GATEWAY_HTTPS_PORT" if hasOwnPort else "GATEWAY_HTTP_PORT")

    @property
    def isDevelopment(self) -> bool:
        return self.values["ENVIRONMENT"] != "production"

    @property
    def ownsDatabase(self) -> bool:
        return isOwnAddress(self.values["DATABASE_PUBLIC_URL"], self.values["DATABASE_PORT"])

    @property
    def ownsRedis(self) -> bool:
        return isOwnAddress(self.values["REDIS_URL"], self.values["REDIS_PORT"])

    @property
    def redisPassword(self) -> str:
        return urlsplit(self.values["REDIS_URL"]).password or ""

    @property
    def postgres(self) -> PostgresServer:
        password = urlsplit(self.values["DATABASE_SUPERUSER_URL"]).password or ""
        return PostgresServer(self.tools, VAR / "postgres", self.port("DATABASE_PORT"), password)


def observe(tools: ServiceTools, envFile: Path = ENV_FILE) -> Surroundings:
    """Read the settings and move every port that somebody else has taken."""
    example = parseEnv(ENV_EXAMPLE.read_text(encoding="utf-8"))
    fromEnvironment = {name: os.environ[name] for name in example if name in os.environ}
    given = optionalValues(example) | readEnvFile(envFile) | fromEnvironment
    if faults := faultsOf(given, example):
        raise SettingsUnfitError(f"these settings are missing or wrong: {'; '.join(faults)}")
    given = {"DATABASE_SUPERUSER_URL": ""} | withFiles(given, ADDRESSES)
    wanted = {name: int(given[name]) for name in PORT_NAMES}
    chosen: dict[str, int] = {}
    for name, port in wanted.items():
        spokenFor = {other for known, other in wanted.items() if known != name}
        chosen[name] = choosePort(port, avoid=spokenFor | set(chosen.values()))
    moved = {name: (port, chosen[name]) for name, port in wanted.items() if chosen[name] != port}
    values = withPorts(given, {name: chosen[name] for name in moved})
    whole = {name: placed(value) for name, value in values.items()}
    return Surroundings(_withOwnCertificate(whole), moved, tools, secrets.token_hex(8))


def _withOwnCertificate(values: Mapping[str, str]) -> Mapping[str, str]:
    """The values with a certificate of this machine's own making, and https in the addresses, where that is wanted."""
    if values.get(SELF_SIGNED) != "true" or values.get("GATEWAY_TLS_CERTIFICATE"):
        return values
    # only here: nothing else needs the package, and a first start has not installed it yet
    from scripts.stack.ownCertificate import ensureOwnCertificate

    host = urlsplit(values["PUBLIC_BASE_URL"]).hostname or "localhost"
    names = list(dict.fromkeys([host, *OF_THIS_MACHINE]))
    certificate, key = ensureOwnCertificate(VAR / "tls", names)
    tls = {"GATEWAY_TLS_CERTIFICATE": str(certificate), "GATEWAY_TLS_KEY": str(key)}
    ownAuthority = {"SIMULATOR_MERCHANT_CA_FILE": str(certificate)}
    return {**values, **tls, **ownAuthority, **withHttps(values)}


def placed(value: str) -> str:
    """A path below `var/` as an absolute one, wherever this stack's `var` is."""
    return str(VAR / value.removeprefix(VAR_PREFIX)) if value.startswith(VAR_PREFIX) else value
