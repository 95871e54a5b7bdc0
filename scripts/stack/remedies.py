"""One sentence on what to do about a failure, from what the failing program said last."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

TAIL_BYTES: Final = 8_000
REMEDIES: Final = (
    (r"Address already in use|address in use", "Another program took the port at that moment: run scripts/up again."),
    (r"No space left on device", "The disk is full: free some space, then run scripts/up again."),
    (r"database files are incompatible", "Another PostgreSQL made var/postgres: move it away or install that one."),
    (r"password authentication failed", ".env and var/postgres do not belong together: restore one of them."),
    (r"could not create shared memory|No space left.*shm", "Give this container more shared memory (--shm-size=128m)."),
    (r"ModuleNotFoundError|ImportError", "A package is missing: delete var/build/stamps, then run scripts/up again."),
    (r"Can't locate revision", "The database is newer than this checkout: update the checkout."),
    (r"ettings|validation error", "Compare .env with .env.example: the lines above name every bad or missing value."),
)  # fmt: skip
OTHERWISE: Final = "Run scripts/doctor for what is missing on this machine, and scripts/logs for the whole story."


def remedyFor(log: Path) -> str:
    """The first remedy whose pattern the end of the log shows."""
    said = log.read_text(errors="replace")[-TAIL_BYTES:] if log.exists() else ""
    return next((remedy for pattern, remedy in REMEDIES if re.search(pattern, said)), OTHERWISE)
