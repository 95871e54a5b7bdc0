"""A server is ready when it answers as it should *and* is the very process that was started: a port proves nothing."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from pathlib import Path
from typing import Final

LISTENING: Final = "0A"
TIMEOUT_SECONDS: Final = 2.0
SSL_REQUEST: Final = bytes.fromhex("0000000804d2162f")


def ownsPort(pid: int, port: int) -> bool:
    """Whether that process holds the listening socket of the port."""
    inodes = {f"socket:[{inode}]" for inode in _listeningInodes(port)}
    if not inodes:
        return False
    try:
        handles = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False
    return any(_linkOf(handle) in inodes for handle in handles)


def answersHttp(port: int, path: str, instanceId: str, *, isTls: bool = False) -> bool:
    """Whether the server answers 200 and, when it names its instance, names this one."""
    connection = _connectionTo(port, isTls=isTls)
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        response = connection.getresponse()
        body = response.read(1_000_000)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return response.status == http.HTTPStatus.OK and _namedInstance(body) in ("", instanceId)


def _connectionTo(port: int, *, isTls: bool) -> http.client.HTTPConnection:
    if not isTls:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    # who is asked is known by its process and its instance; the certificate is in the platform's name, not in this one
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS, context=context)


def answersSmtp(port: int, instanceId: str) -> bool:
    """Whether the banner is that of our mail server."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS) as connection:
            banner = connection.recv(512).decode("ascii", "replace")
    except OSError:
        return False
    return banner.startswith("220 ") and instanceId in banner


def answersPing(port: int, password: str = "") -> bool:
    """Whether a Redis at that port of this machine answers PING."""
    login = f"AUTH {password}\r\n" if password else ""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS) as connection:
            connection.sendall(f"{login}PING\r\n".encode())
            answer = connection.recv(256)
            return b"+PONG" in answer or (bool(login) and b"+PONG" in connection.recv(256))
    except OSError:
        return False


def answersPostgres(port: int) -> bool:
    """Whether a PostgreSQL says yes or no to the question whether it encrypts: a hung one says nothing."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS) as connection:
            connection.sendall(SSL_REQUEST)
            return connection.recv(1) in (b"S", b"N")
    except OSError:
        return False


def answersTcp(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=TIMEOUT_SECONDS):
            return True
    except OSError:
        return False


def _listeningInodes(port: int) -> set[str]:
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    rows = [row.split() for table in tables if table.exists() for row in table.read_text().splitlines()[1:]]
    return {row[9] for row in rows if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port}


def _linkOf(handle: Path) -> str:
    try:
        return str(handle.readlink())
    except OSError:
        return ""


def _namedInstance(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    named = said.get("instanceId", "") if isinstance(said, dict) else ""
    return named if isinstance(named, str) else ""
