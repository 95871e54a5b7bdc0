"""What containers need that a machine gets from scripts/up: settings, keys, and every secret as a file of its own."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from scripts.stack.envFile import createEnvFile, parseEnv
from scripts.stack.keys import ensureKeys
from scripts.stack.paths import ENV_EXAMPLE

# One file each; a container is given only the names it needs.
SECRETS: Final = (
    "DATABASE_OWNER_URL",
    "DATABASE_PUBLIC_URL",
    "DATABASE_ADMIN_URL",
    "DATABASE_SUPERUSER_URL",
    "CRYPTO_MASTER_KEY",
    "CRYPTO_PREVIOUS_KEYS",
    "GATEWAY_SHARED_SECRET",
    "BRI_CLIENT_ID",
    "BRI_CLIENT_SECRET",
    "BRI_INBOUND_CLIENT_ID",
    "BRI_INBOUND_CLIENT_SECRET",
)
DATABASE_HOST: Final = "postgres:5432"
SERVERS_ACCOUNT: Final = 10001


def writeSecrets(checkout: Path, folder: Path) -> None:
    """Make `.env` and the keys of a checkout when they are missing, and lay every secret down as a file of its own."""
    owner = checkout.stat()
    made = createEnvFile(ENV_EXAMPLE, checkout / ".env", choose=lambda port: port)
    keys = ensureKeys(checkout / "var" / "keys")
    for path in [checkout / "var", checkout / "var" / "keys", *keys, *([checkout / ".env"] if made else [])]:
        os.chown(path, owner.st_uid, owner.st_gid)
    values = parseEnv((checkout / ".env").read_text(encoding="utf-8"))
    contents = {name: _seenFromInside(values[name]) for name in SECRETS}
    contents["POSTGRES_PASSWORD"] = urlsplit(values["DATABASE_SUPERUSER_URL"]).password or ""
    contents |= {path.name: path.read_text() for path in (checkout / "var" / "keys").glob("*.pem")}
    for name, content in contents.items():
        _lay(folder / name, content)


def _seenFromInside(value: str) -> str:
    """A database URL as the other containers must spell it."""
    if not value.startswith("postgresql"):
        return value
    parts = urlsplit(value)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@{DATABASE_HOST}"))


def _lay(path: Path, content: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
        file.write(content)
    os.chown(path, SERVERS_ACCOUNT, SERVERS_ACCOUNT)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkout", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args(argv)
    writeSecrets(given.checkout, given.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
