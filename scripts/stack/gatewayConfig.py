"""Writes what nginx must know of this machine: the tree in nginx/ stays as it is, `runtime/` beside it is rendered."""

from __future__ import annotations

import grp
import ipaddress
import json
import os
import pwd
import re
import shlex
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from scripts.stack.envFile import settingsByHand
from scripts.stack.paths import ROOT, VAR
from scripts.stack.provision import NginxTool, provisionServices

TREE: Final = ROOT / "nginx"
LINKED: Final = ("nginx.conf", "conf.d", "lua", "www")
TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
HOST: Final = re.compile(r"[a-z0-9.:\[\]-]+")
SERVER_NAME: Final = re.compile(r"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$")
PRIVATE: Final = 0o600
# The servers close an idle connection after 5 s; nginx lets go of it first and sends no request into a closing one.
UPSTREAM_IDLE_SECONDS: Final = 4
# A worker that was told to end finishes what it serves: longer than any answer but an event stream may take.
SHUTDOWN_SECONDS: Final = 65
# Some lines are written at once. No more of them than a pipe takes whole, or those of two workers would mix; a file
# takes any number.
PIPE_BUFFER: Final = "buffer=4k flush=250ms"
FILE_BUFFER: Final = "buffer=32k flush=250ms"
# Before this version HTTP/2 was said at `listen`.
OWN_HTTP2_DIRECTIVE: Final = (1, 25, 1)
CIPHERS: Final = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
)


class GatewaySettingError(Exception):
    """A setting that nginx could not be given as it is; the text names it."""


def renderGatewayConfig(nginx: NginxTool, values: Mapping[str, str], folder: Path) -> list[str]:
    """
    Render `folder` and return the command that runs the gateway in the foreground from it.

    `values` are the settings by their names in `.env`; used are GATEWAY_HTTP_PORT, GATEWAY_HTTP_ADDRESS,
    GATEWAY_METRICS_PORT, PUBLIC_SERVER_PORT, ADMIN_SERVER_PORT, REDIS_URL, GATEWAY_SHARED_SECRET, PUBLIC_BASE_URL,
    and, when given, GATEWAY_TRUSTED_PROXIES, GATEWAY_NODES, GATEWAY_WORKERS, GATEWAY_ADMIN_ALLOWED,
    GATEWAY_TLS_CERTIFICATE with GATEWAY_TLS_KEY, GATEWAY_PUBLIC_SERVERS and GATEWAY_ADMIN_SERVERS (host:port,
    separated by commas), GATEWAY_HTTPS_PORT, GATEWAY_ACME_FOLDER, GATEWAY_ACCESS_LOG, GATEWAY_RESOLVER and
    K_INSTANCE_ID.
    """
    runtime = folder / "runtime"
    for needed in (runtime, *(folder / "temporary" / name for name in TEMPORARY)):
        needed.mkdir(parents=True, exist_ok=True)
    for name in LINKED:
        _link(folder / name, TREE / name)
    files = {
        "main.conf": _main(nginx, values, folder),
        "http.conf": _http(nginx, values, folder),
        "listen.conf": _listen(nginx, values),
        "hsts.conf": _hsts(values),
        "proxy.conf": _proxy(values),
        "redirect.conf": _redirect(values),
        "acme.conf": _acme(values),
        "private.conf": _private(values),
        "adminAccess.conf": _adminAccess(values),
        "gatewaySettings.lua": _settings(values, folder),
    }
    for name, text in files.items():
        _write(runtime / name, text)
    return [str(nginx.path), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _main(nginx: NginxTool, values: Mapping[str, str], folder: Path) -> str:
    lines = [f"load_module {_quoted(str(module))};" for module in nginx.modules]
    # else a new nginx that the old one starts would not find its libraries
    lines += [f"env {name};" for name in nginx.environment]
    if os.geteuid() == 0:
        lines.append(f"user {_workerAccount(folder)};")
    return _lines(
        *lines,
        "daemon off;",
        f"worker_processes {_whole(values, 'GATEWAY_WORKERS', 2)};",
        f"worker_shutdown_timeout {SHUTDOWN_SECONDS}s;",
        f"pid {_quoted(str(folder / 'nginx.pid'))};",
        "error_log stderr notice;",
    )


def _http(nginx: NginxTool, values: Mapping[str, str], folder: Path) -> str:
    luaPath = f"{folder}/runtime/?.lua;{TREE}/lua/?.lua;{nginx.luaPath}"
    public = _servers(values, "GATEWAY_PUBLIC_SERVERS", "PUBLIC_SERVER_PORT")
    admin = _servers(values, "GATEWAY_ADMIN_SERVERS", "ADMIN_SERVER_PORT")
    return _lines(
        f"lua_package_path {_quoted(luaPath)};",
        f"lua_package_cpath {_quoted(nginx.luaCpath)};",
        'geo $kDollar { default "$"; }',  # the one way to write this character
        *(["include conf.d/parts/brotli.conf;"] if nginx.hasBrotli else []),
        *([f"resolver {values['GATEWAY_RESOLVER']};"] if values.get("GATEWAY_RESOLVER") else []),
        *_upstream("publicServer", public, 64),
        *_upstream("adminServer", admin, 16),
        *_trustedProxies(values),
        *(["include conf.d/parts/redirectServer.conf;"] if _hasRedirect(values) else []),
        _accessLog(values),
        *(f"{name}_temp_path {_quoted(str(folder / 'temporary' / name))};" for name in TEMPORARY),
    )


def _accessLog(values: Mapping[str, str]) -> str:
    path = values.get("GATEWAY_ACCESS_LOG") or "/dev/stdout"
    # where a link or a device leads to for nginx cannot be told from here
    isKnown = not Path(path).is_symlink() and not path.startswith(("/dev/", "/proc/"))
    isFile = isKnown and (Path(path).is_file() or not Path(path).exists())
    return f"access_log {_quoted(path)} gatewayJson {FILE_BUFFER if isFile else PIPE_BUFFER};"


def _upstream(name: str, servers: Sequence[str], kept: int) -> list[str]:
    # A single server that is starting again is asked each time, never written off for some seconds. One of several
    # that fails once is left alone for a moment, by all workers: so a second try goes to another one.
    failures = "max_fails=0" if len(servers) == 1 else "max_fails=1 fail_timeout=2s"
    return [
        f"upstream {name} {{",
        *([] if len(servers) == 1 else [f"    zone {name} 64k;"]),
        *(f"    server {server} {failures};" for server in servers),
        f"    keepalive {kept};",
        f"    keepalive_timeout {UPSTREAM_IDLE_SECONDS}s;",
        "}",
    ]


def _trustedProxies(values: Mapping[str, str]) -> list[str]:
    networks = _networks(values, "GATEWAY_TRUSTED_PROXIES")
    if not networks:
        return []
    return [
        *(f"set_real_ip_from {each};" for each in networks),
        "real_ip_header X-Forwarded-For;",
        "real_ip_recursive on;",
    ]


def _listen(nginx: NginxTool, values: Mapping[str, str]) -> str:
    certificate, key = _certificate(values)
    if not certificate:
        return _lines(*_listenLines(values, _port(values, "GATEWAY_HTTP_PORT")))
    isNew = nginx.version >= OWN_HTTP2_DIRECTIVE
    return _lines(
        *_listenLines(values, _tlsPort(values), " ssl" if isNew else " ssl http2"),
        *(["http2 on;"] if isNew else []),
        f"ssl_certificate {_quoted(certificate)};",
        f"ssl_certificate_key {_quoted(key)};",
        "ssl_protocols TLSv1.2 TLSv1.3;",
        f"ssl_ciphers {CIPHERS};",
        "ssl_prefer_server_ciphers off;",
        "ssl_ecdh_curve X25519:prime256v1:secp384r1;",
        "ssl_session_cache shared:kTls:4m;",
        "ssl_session_timeout 1h;",
        "ssl_session_tickets off;",
    )


def _hsts(values: Mapping[str, str]) -> str:
    """Only where TLS is spoken: the variable would be asked for with every answer."""
    if not _certificate(values)[0]:
        return "# plain HTTP\n"
    return _lines("add_header Strict-Transport-Security $kHsts always;")


def _proxy(values: Mapping[str, str]) -> str:
    """What the servers are told with every request: as text, which costs nginx less than a variable."""
    secret = _quotedSecret(_secret(values, "GATEWAY_SHARED_SECRET"), "GATEWAY_SHARED_SECRET")
    return _lines(
        f"proxy_set_header Host {_ownName(values)};",
        f"proxy_set_header X-K-Gateway-Secret {secret};",
    )


def _ownName(values: Mapping[str, str]) -> str:
    """What the servers are told that was asked for, whatever was: nobody chooses a name for them."""
    try:
        public = urlsplit(values.get("PUBLIC_BASE_URL", "")).netloc.lower()
    except ValueError as error:
        raise GatewaySettingError("PUBLIC_BASE_URL is not an address") from error
    port = _tlsPort(values) if _certificate(values)[0] else _port(values, "GATEWAY_HTTP_PORT")
    return public if HOST.fullmatch(public) else f"localhost:{port}"


def _redirect(values: Mapping[str, str]) -> str:
    """The port of plain HTTP beside one of TLS; empty when there is no such pair."""
    if not _hasRedirect(values):
        return "# one port\n"
    return _lines(*_listenLines(values, _port(values, "GATEWAY_HTTP_PORT")))


def _hasRedirect(values: Mapping[str, str]) -> bool:
    certificate, _ = _certificate(values)
    return bool(certificate) and _tlsPort(values) != _port(values, "GATEWAY_HTTP_PORT")


def _acme(values: Mapping[str, str]) -> str:
    folder = values.get("GATEWAY_ACME_FOLDER", "")
    if not folder:
        return "# no folder for the proofs of a certificate authority\n"
    return _lines(
        r"location ~ ^/\.well-known/acme-challenge/[A-Za-z0-9_-]+$ {",
        '    set $kRoute "acme";',
        f"    root {_quoted(folder)};",
        "    types {}",
        "    default_type text/plain;",
        "    try_files $uri =404;",
        "}",
    )


def _certificate(values: Mapping[str, str]) -> tuple[str, str]:
    certificate, key = values.get("GATEWAY_TLS_CERTIFICATE", ""), values.get("GATEWAY_TLS_KEY", "")
    if bool(certificate) != bool(key):
        raise GatewaySettingError("GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY belong together")
    return certificate, key


def _tlsPort(values: Mapping[str, str]) -> int:
    return _port(values, "GATEWAY_HTTPS_PORT" if values.get("GATEWAY_HTTPS_PORT") else "GATEWAY_HTTP_PORT")


def _tlsOrigin(values: Mapping[str, str]) -> list[str]:
    """Where plain HTTP is sent on to: the platform's own address where it is known, else the host that was asked."""
    if not _certificate(values)[0]:
        return []
    public = values.get("PUBLIC_BASE_URL", "").rstrip("/")
    origin = [f"    tlsOrigin = {_luaText(public)},"] if public.startswith("https://") else []
    return [*origin, f"    tlsPort = {_tlsPort(values)},"]


def _listenLines(values: Mapping[str, str], port: int, suffix: str = "") -> list[str]:
    """
    A queue for each worker: of one for all, Linux wakes the same worker again and again, and it may hold everybody.

    A second gateway with the same settings still fails to start, after some seconds: the private port is one for all.
    """
    address = values.get("GATEWAY_HTTP_ADDRESS") or "127.0.0.1"
    return [f"listen {each}:{port}{suffix} reuseport;" for each in _addresses(address)]


def _addresses(address: str, name: str = "GATEWAY_HTTP_ADDRESS") -> list[str]:
    """The addresses to listen on; this machine's own name has two when it speaks IPv6."""
    try:
        parsed = ipaddress.ip_address(address.strip("[]"))
    except ValueError as error:
        raise GatewaySettingError(f"{name} is not an address") from error
    own = f"[{parsed}]" if parsed.version == 6 else str(parsed)
    twin = {"127.0.0.1": "::1", "0.0.0.0": "::"}.get(own)
    return [own, f"[{twin}]"] if twin and _hasAddress(twin) else [own]


def _hasAddress(address: str) -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


def _private(values: Mapping[str, str]) -> str:
    address = _addresses(values.get("GATEWAY_PRIVATE_ADDRESS") or "127.0.0.1", "GATEWAY_PRIVATE_ADDRESS")[0]
    return f"listen {address}:{_port(values, 'GATEWAY_METRICS_PORT')};\n"


def _adminAccess(values: Mapping[str, str]) -> str:
    networks = _networks(values, "GATEWAY_ADMIN_ALLOWED")
    return _lines(*(f"allow {each};" for each in networks), "deny all;") if networks else "# everywhere\n"


def _settings(values: Mapping[str, str], folder: Path) -> str:
    return _lines(
        "return {",
        f"    redisUrl = {_luaText(_secret(values, 'REDIS_URL'))},",
        f"    hasSecureCookies = {str(values.get('PUBLIC_BASE_URL', '').startswith('https://')).lower()},",
        f"    webRoot = {_luaText(str(folder / 'www'))},",
        f"    publicServers = {_luaList(_servers(values, 'GATEWAY_PUBLIC_SERVERS', 'PUBLIC_SERVER_PORT'))},",
        f"    adminServers = {_luaList(_servers(values, 'GATEWAY_ADMIN_SERVERS', 'ADMIN_SERVER_PORT'))},",
        *_tlsOrigin(values),
        f"    nodes = {_whole(values, 'GATEWAY_NODES', 1)},",
        f"    instanceId = {_luaText(values.get('K_INSTANCE_ID', ''))},",
        "}",
    )


def _secret(values: Mapping[str, str], name: str) -> str:
    """The value, or the content of the file that NAME_FILE points at."""
    if values.get(name):
        return values[name]
    file = values.get(f"{name}_FILE")
    if not file:
        raise GatewaySettingError(f"{name} is missing")
    return Path(file).read_text(encoding="utf-8").strip()


def _servers(values: Mapping[str, str], name: str, portName: str) -> list[str]:
    servers = _split(values.get(name, "")) or [f"127.0.0.1:{_port(values, portName)}"]
    wrong = [server for server in servers if not SERVER_NAME.match(server)]
    if wrong:
        raise GatewaySettingError(f"{name} holds {wrong[0]!r}, which is not host:port")
    return servers


def _networks(values: Mapping[str, str], name: str) -> list[str]:
    try:
        return [str(ipaddress.ip_network(each, strict=False)) for each in _split(values.get(name, ""))]
    except ValueError as error:
        raise GatewaySettingError(f"{name} holds something that is no address or range: {error}") from error


def _whole(values: Mapping[str, str], name: str, otherwise: int) -> int:
    text = values.get(name) or str(otherwise)
    if not text.isdigit() or int(text) < 1:
        raise GatewaySettingError(f"{name} must be a whole number of at least 1")
    return int(text)


def _port(values: Mapping[str, str], name: str) -> int:
    if name not in values:
        raise GatewaySettingError(f"{name} is missing")
    return _whole(values, name, 0)


def _workerAccount(folder: Path) -> str:
    """Root's workers become nobody where nobody can read the pages; a checkout in a closed folder keeps its owner."""
    passed = [*ROOT.parents, ROOT, *folder.parents, folder]
    isOpen = all(path.stat().st_mode & 0o001 for path in passed)
    account = pwd.getpwnam("nobody") if isOpen else pwd.getpwuid(ROOT.stat().st_uid)
    return f"{account.pw_name} {_groupName(account.pw_gid)}"


def _groupName(gid: int) -> str:
    return grp.getgrgid(gid).gr_name


def _link(link: Path, target: Path) -> None:
    isFolderOfItsOwn = link.is_dir() and not link.is_symlink()
    if isFolderOfItsOwn or (link.is_symlink() and link.readlink() == target):
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def _quoted(text: str) -> str:
    if any(character in text for character in '"\\$\n'):
        raise GatewaySettingError(f"{text!r} holds a character that nginx would misread")
    return f'"{text}"'


def _quotedSecret(text: str, name: str) -> str:
    """Whatever characters it is made of; an error does not spell it."""
    if not text.isascii() or not text.isprintable():
        raise GatewaySettingError(f"{name} holds a character that is not printable ASCII")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${kDollar}")
    return f'"{escaped}"'


def _luaText(text: str) -> str:
    """JSON's escapes are Lua's for the characters a secret or an URL is made of."""
    if not text.isascii() or not text.isprintable():
        raise GatewaySettingError("a secret or URL of the gateway holds a character that is not printable ASCII")
    return json.dumps(text)


def _luaList(texts: Sequence[str]) -> str:
    return f"{{ {', '.join(_luaText(text) for text in texts)} }}"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def main() -> int:
    """`python -m scripts.stack.gatewayConfig`: render var/nginx from .env and print the command that starts it."""
    nginx = provisionServices().nginx
    command = renderGatewayConfig(nginx, settingsByHand(), VAR / "nginx")
    print(shlex.join(["env", *(f"{name}={value}" for name, value in nginx.environment.items()), *command]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
