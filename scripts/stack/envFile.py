"""`.env`: made from `.env.example` with fresh secrets and free ports, and read back as plain text values."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from scripts.stack.paths import ENV_FILE
from scripts.stack.ports import choosePort

PLACEHOLDER: Final = "CHANGE_ME"
PORT_NAMES: Final = (
    "GATEWAY_HTTP_PORT",
    "GATEWAY_METRICS_PORT",
    "PUBLIC_SERVER_PORT",
    "ADMIN_SERVER_PORT",
    "DATABASE_PORT",
    "REDIS_PORT",
    "SMTP_PORT",
    "SIMULATOR_PORT",
)
# What the bank and the merchant know of each other is one value under two names.
SAME_VALUE: Final = {
    "SIMULATOR_CLIENT_ID": "BRI_CLIENT_ID",
    "SIMULATOR_CLIENT_SECRET": "BRI_CLIENT_SECRET",
    "SIMULATOR_INBOUND_CLIENT_ID": "BRI_INBOUND_CLIENT_ID",
    "SIMULATOR_INBOUND_CLIENT_SECRET": "BRI_INBOUND_CLIENT_SECRET",
}
# Which address speaks of which port, so that a moved port moves the address with it.
ADDRESSES: Final = {
    "PUBLIC_BASE_URL": "GATEWAY_HTTP_PORT",
    "DATABASE_OWNER_URL": "DATABASE_PORT",
    "DATABASE_PUBLIC_URL": "DATABASE_PORT",
    "DATABASE_ADMIN_URL": "DATABASE_PORT",
    "DATABASE_SUPERUSER_URL": "DATABASE_PORT",
    "REDIS_URL": "REDIS_PORT",
    "BRI_BASE_URL": "SIMULATOR_PORT",
    "SIMULATOR_MERCHANT_BASE_URL": "GATEWAY_HTTP_PORT",
}
HIGHEST_PORT: Final = 65535
OF_THIS_MACHINE: Final = ("127.0.0.1", "localhost", "::1")


def createEnvFile(example: Path, target: Path, choose: Callable[[int], int] = choosePort) -> bool:
    """Write `target` for its owner only; False when it was there already, and then it is left as it is."""
    if target.exists():
        return False
    template = example.read_text(encoding="utf-8")
    values = freshValues(parseEnv(template), choose)
    lines = [_rendered(line, values) for line in template.splitlines()]
    _writePrivately(target, "\n".join(lines) + "\n")
    return True


def freshValues(example: Mapping[str, str], choose: Callable[[int], int] = choosePort) -> dict[str, str]:
    """The example's values with every placeholder replaced by a secret and every taken port by a free one."""
    ports: dict[str, int] = {}
    for name in PORT_NAMES:
        ports[name] = choose(int(example[name]))
    values = {name: value.replace(PLACEHOLDER, secrets.token_urlsafe(32)) for name, value in example.items()}
    values |= {name: values[source] for name, source in SAME_VALUE.items()}
    return withPorts(values, ports)


def withPorts(values: Mapping[str, str], ports: Mapping[str, int]) -> dict[str, str]:
    """The values with other ports, in the addresses of this machine too; the port of a server elsewhere stays."""
    moved = dict(values) | {name: str(port) for name, port in ports.items()}
    for address, portName in ADDRESSES.items():
        known = values.get(address, "")
        if portName in ports and isOwnAddress(known, values[portName]):
            moved[address] = _atPort(known, ports[portName])
    return moved


def withHttps(values: Mapping[str, str]) -> dict[str, str]:
    """The addresses that lead to this gateway, as they are once it speaks TLS."""
    httpPort = values["GATEWAY_HTTP_PORT"]
    tlsPort = int(values.get("GATEWAY_HTTPS_PORT") or httpPort)
    own = {name: values[name] for name, port in ADDRESSES.items() if port == "GATEWAY_HTTP_PORT"}
    return {name: _secured(url, httpPort, tlsPort) for name, url in own.items()}


def _secured(url: str, httpPort: str, tlsPort: int) -> str:
    if str(urlsplit(url).port) != httpPort:
        return url
    return urlunsplit(urlsplit(_atPort(url, tlsPort))._replace(scheme="https"))


def isOwnAddress(url: str, port: str) -> bool:
    """Whether the URL means that port of this machine, so that the stack starts the server itself."""
    hosts = _eachHost(url)
    parts = urlsplit(hosts[0])
    return len(hosts) == 1 and parts.hostname in OF_THIS_MACHINE and str(parts.port) == port


def parseEnv(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in text.splitlines():
        name, separator, value = line.strip().partition("=")
        if separator and not name.startswith("#"):
            values[name.strip()] = _unquoted(value.strip())
    return values


def optionalValues(example: Mapping[str, str]) -> dict[str, str]:
    """What an older `.env` may lack: everything that is neither a secret nor speaks of one."""
    return {name: value for name, value in example.items() if PLACEHOLDER not in value}


def readEnvFile(path: Path) -> dict[str, str]:
    """The values of the file; a variable of the environment with the same name wins."""
    values = parseEnv(path.read_text(encoding="utf-8"))
    return values | {name: os.environ[name] for name in values if name in os.environ}


def settingsByHand(envFile: Path = ENV_FILE) -> dict[str, str]:
    """For a part of the stack that was started alone: the environment over `.env`, when there is one."""
    return {**(parseEnv(envFile.read_text(encoding="utf-8")) if envFile.exists() else {}), **os.environ}


def faultsOf(given: Mapping[str, str], example: Mapping[str, str]) -> list[str]:
    """One line for everything that nothing can start with; never a value, since it may be a secret."""
    required = [name for name, value in example.items() if PLACEHOLDER in value and _isNeeded(name, given)]
    return [
        *(f"{name} is missing" for name in required if not given.get(name) and not given.get(f"{name}_FILE")),
        *(f"{name} still says {PLACEHOLDER}" for name, value in given.items() if PLACEHOLDER in value),
        *(f"{name} is no port" for name in PORT_NAMES if not _isPort(given.get(name, ""))),
        *(f"{name} is no address" for name in ADDRESSES if not _isAddress(given.get(name, ""))),
    ]


def _isNeeded(name: str, given: Mapping[str, str]) -> bool:
    if name == "DATABASE_SUPERUSER_URL":
        url = given.get("DATABASE_PUBLIC_URL", "")
        return url == "" or not _isAddress(url) or isOwnAddress(url, given.get("DATABASE_PORT", ""))
    return not name.startswith("SIMULATOR_") or given.get("ENVIRONMENT") != "production"


def _isPort(text: str) -> bool:
    return text.isdecimal() and 0 < int(text) <= HIGHEST_PORT


def _isAddress(url: str) -> bool:
    """An empty one is missing, which is said elsewhere."""
    try:
        hosts = [urlsplit(each) for each in _eachHost(url)]
        return url == "" or all(bool(parts.hostname) and parts.port != 0 for parts in hosts)
    except ValueError:
        return False


def _eachHost(url: str) -> list[str]:
    """One URL for each host: a Redis may be named by several, of which one is the primary."""
    netloc = urlsplit(url).netloc
    login, at, hosts = netloc.rpartition("@")
    if not url.startswith("redis://") or "," not in hosts:
        return [url]
    return [url.replace(netloc, f"{login}{at}{host}", 1) for host in hosts.split(",")]


def withFiles(environment: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The environment, in which each of the names may also be given by the file that NAME_FILE names."""
    files = {name: Path(environment[f"{name}_FILE"]) for name in names if environment.get(f"{name}_FILE")}
    fromFiles = {name: path.read_text(encoding="utf-8").removesuffix("\n") for name, path in files.items()}
    return dict(environment) | {name: value for name, value in fromFiles.items() if not environment.get(name)}


def _rendered(line: str, values: Mapping[str, str]) -> str:
    name, separator, value = line.partition("=")
    if not separator or name not in values or _unquoted(value) == values[name]:
        return line
    return f"{name}={values[name]}"


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _atPort(url: str, port: int) -> str:
    parts = urlsplit(url)
    credentials, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{credentials}{at}{host.rpartition(':')[0]}:{port}"))


def _writePrivately(target: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".env.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(target)
