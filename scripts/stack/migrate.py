"""The database as the code expects it: three roles, one database, every migration applied."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from scripts.stack.envFile import settingsByHand, withFiles
from scripts.stack.paths import ROOT, VAR
from scripts.stack.surroundings import Surroundings

DATABASE_FOLDER = ROOT / "KSysAdmin" / "backend" / "infrastructure" / "database"
# With the data it speaks of: a data folder that was made anew has no schema.
STAMP = VAR / "postgres" / "data" / "kMigrated"
SUPERUSER_NAME = "DATABASE_SUPERUSER_URL"
URL_NAMES = ("DATABASE_OWNER_URL", "DATABASE_ADMIN_URL", "DATABASE_PUBLIC_URL")


def isMigrated(surroundings: Surroundings) -> bool:
    """Whether this very schema was already made in our own data folder; a server of somebody else's is always asked."""
    passwords = [urlsplit(surroundings.values[name]).password or "" for name in URL_NAMES]
    return surroundings.ownsDatabase and STAMP.exists() and STAMP.read_bytes() == fingerprint(passwords).encode()


def fingerprint(passwords: list[str]) -> str:
    """Of everything that decides what the migrated database looks like."""
    sources = sorted([DATABASE_FOLDER / "bootstrap.py", *(DATABASE_FOLDER / "alembic").rglob("*.py")])
    content = hashlib.sha256("\0".join(passwords).encode())
    for source in sources:
        content.update(source.name.encode() + b"\0" + source.read_bytes())
    return content.hexdigest()


def migrate() -> None:
    """Make the roles and the database when a superuser's URL is given, then apply what is missing as the owner."""
    # Imported here: what only reads the fingerprint needs no driver.
    from KSysAdmin.backend.infrastructure.database.bootstrap import RolePasswords, bootstrapRoles

    settings = withFiles(settingsByHand(), [*URL_NAMES, SUPERUSER_NAME])
    urls = [urlsplit(settings[name]) for name in URL_NAMES]
    owner, admin, public = [url.password or "" for url in urls]
    superuserUrl = settings.get(SUPERUSER_NAME, "")
    if superuserUrl:
        passwords = RolePasswords(owner=owner, admin=admin, public=public)
        asyncio.run(bootstrapRoles(superuserUrl, urls[0].path.removeprefix("/"), passwords))
    applyMigrations()
    _remember([owner, admin, public])


def applyMigrations() -> None:
    subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=DATABASE_FOLDER, check=True)


def _remember(passwords: list[str]) -> None:
    if STAMP.parent.is_dir():
        Path(STAMP).write_text(fingerprint(passwords))


if __name__ == "__main__":
    migrate()
